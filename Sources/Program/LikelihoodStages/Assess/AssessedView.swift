package import Artifacts
package import DataStages
import Figures
import Inputs
import Rankings
import Tables
import Wording

extension ArtifactView {
  /// Scores beside what no model made.
  package static func assessed(_ artifact: any InputArtifact) throws -> ArtifactView {
    let bytes = try artifact.bytes()
    let document = try JSONArtifact.decode(AssessedDocument.self, bytes)
    let joined = document.joined
    let metrics = document.predictors.first?.metrics.map(\.metric) ?? []
    let differences = Dictionary(uniqueKeysWithValues: document.differences.map { ($0.from, $0) })
    var lines = [
      "\(Words.count(document.rows, "row"))"
        + (document.positives.map { ", \(Words.grouped($0)) of class 1" } ?? "")
        + "; '\(document.score)'\(document.isTurned ? ", lower scores being of class 1 or of larger labels" : "")",
      "joined by name: \(Words.count(joined.scores, "score")), \(Words.count(joined.labels, "label")), "
        + "\(Words.grouped(joined.aliases)) under another name",
    ]
    let rest = [
      (joined.unlabelled, "scores without a label"), (joined.unscored, "scores without a number"),
      (joined.unused, "labels without a score"),
    ].filter { $0.0 > 0 }
    let lacking = joined.lacking.sorted { $0.key < $1.key }.map { ($0.value, "rows without '\($0.key)'") }
    if !(rest + lacking).isEmpty {
      lines.append("left out: " + (rest + lacking).map { "\(Words.grouped($0.0)) \($0.1)" }.joined(separator: ", "))
    }
    if document.predictors.contains(where: { $0.name == "codon-usage" }) {
      lines.append("codon-usage has learned from labels of other rows; the others have seen none")
    }
    lines.append(
      "intervals of 95 % by resamples of rows; differences are of the score less the other, on the same rows")
    let cells = document.predictors.map { predictor -> [TableCell] in
      let values = predictor.metrics.flatMap { measured in
        [TableCell.number(measured.value.value), .interval(measured.value.low, measured.value.high)]
      }
      let difference = differences[predictor.name]?.metrics.first?.value
      return [.text(predictor.name)] + values
        + [.number(difference?.value), .interval(difference?.low, difference?.high)]
    }
    let first = metrics.first?.rawValue ?? ""
    return ArtifactView(
      lines: lines,
      tables: [
        Table(
          [""] + metrics.flatMap { [$0.rawValue, "95 % interval"] } + ["\(first) less it", "95 % interval"],
          numeric: Set(1...(2 * metrics.count + 2)), named: [0: "predictor"], cells: cells)
      ], pictures: [chart(document, metrics)], json: try JSONArtifact.parse(bytes))
  }

  private static func chart(_ document: AssessedDocument, _ metrics: [Metric]) -> IntervalChart {
    IntervalChart(
      "assessed", title: "'\(document.score)' and what no model made", axis: "value",
      groups: metrics.enumerated().map { number, metric in
        IntervalChart.Group(
          metric.rawValue,
          document.predictors.compactMap { predictor in
            let estimate = predictor.metrics[number].value
            guard let value = estimate.value else { return nil }
            let range = estimate.low.flatMap { low in estimate.high.flatMap { low <= $0 ? low...$0 : nil } }
            return IntervalChart.Row(predictor.name, value, range)
          })
      }, caption: "intervals of 95 % by resamples of rows, each for itself")
  }
}
