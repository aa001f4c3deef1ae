package import Artifacts
package import DataStages
import Figures
import Inputs
import Rankings
import Searches
import Tables
import Wording

extension ArtifactView {
  /// How results on tasks go with losses of pretraining: the correlations, and a row for each architecture.
  package static func correlation(_ artifact: any InputArtifact) throws -> ArtifactView {
    let document = try JSONArtifact.decode(CorrelationDocument.self, artifact.bytes())
    let loss = document.isByLetter ? "bits per letter" : "held-out loss"
    let rows = document.rows.sorted { $0.loss < $1.loss }
    let correlations = [("mean over tasks", document.ofMean)] + Array(zip(document.tasks, document.byTask))
    var lines = [
      "\(Words.count(rows.count, "architecture")), \(Words.count(document.tasks.count, "task")); below 0: what does "
        + "well on tasks has low losses",
      "intervals are over architectures, p by permutation; a single seed of each adds chance that neither holds",
    ]
    if let spread = document.spread, spread > 1.05 {
      lines.append(
        "the trainings are not equally long: the longest took \(Words.fixed(spread, 2)) times the operations of the "
          + "shortest")
    }
    if document.left > 0 {
      lines.append("\(Words.count(document.left, "candidate")) without a result on every task or a held-out loss")
    }
    return ArtifactView(
      lines: lines,
      tables: [
        Table(
          ["results on test", "Spearman with \(loss)", "95 % interval", "p"], numeric: [1, 2, 3],
          cells: correlations.map { name, correlation in
            let estimate = correlation.estimate
            return [
              .text(name.isEmpty ? "the task" : name), .number(estimate.value),
              .interval(estimate.low, estimate.high), .probability(correlation.probability),
            ]
          }),
        Table(
          ["architecture", "parameters", loss, "operations", "mean"] + document.tasks, name: "architectures",
          numeric: Set(1..<5 + document.tasks.count),
          cells: rows.map { row in
            [
              .text(row.architecture), .count(row.parameters), .number(row.loss),
              .short(row.operations), .number(row.mean),
            ] + row.results.map { .number($0) }
          }),
      ],
      pictures: [
        Plot(
          "claim", title: "mean result on test", x: .init(loss),
          lines: rows.map { Plot.Line($0.architecture, [Plot.Point(x: $0.loss, y: $0.mean)], isJoined: false) })
      ], json: try self.document(artifact))
  }
}
