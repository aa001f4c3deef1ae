package import Artifacts
package import DataStages
import Inputs
import JSON
import Searches
import Tables
import Wording

extension ArtifactView {
  /// Architectures with what is foreseen of them.
  package static func forecast(_ artifact: any InputArtifact) throws -> ArtifactView {
    let forecast = try JSONArtifact.decode(Forecast.self, artifact.bytes())
    return ArtifactView(
      lines: [
        "\(forecast.method), from \(Words.count(forecast.known, "architecture")) on "
          + Words.count(forecast.tasks.count, "task"),
        "score: the mean over tasks, in deviations over the known architectures",
      ],
      tables: [
        Table(
          ["", "architecture", "score"], numeric: [0, 2], named: [0: "rank"],
          cells: forecast.architectures.enumerated().map {
            [TableCell("\($0 + 1)", .count($0 + 1)), .text($1.architecture), .number($1.score)]
          })
      ], json: try document(artifact))
  }

  /// How well results on a task left out are foreseen: means over tasks, then each.
  package static func assessment(_ artifact: any InputArtifact) throws -> ArtifactView {
    guard let assessment = try JSONArtifact.decode([PredictorAssessment].self, artifact.bytes()).first else {
      return ArtifactView(lines: ["the ranking was on one task: nothing could be left out"], json: .array([]))
    }
    let methods = assessment.rows.reduce(into: [[String]]()) { known, row in
      let method = [row.setting.rawValue, row.method]
      if !known.contains(method) { known.append(method) }
    }
    let tasks = Set(assessment.rows.map(\.task)).sorted { $0.precedesInBytes($1) }
    let means = methods.map { method in
      let own = assessment.rows.filter { [$0.setting.rawValue, $0.method] == method }
      let mean = { (values: [Double]) in
        TableCell.number(values.isEmpty ? nil : values.reduce(0, +) / Double(values.count))
      }
      return method.map(TableCell.text) + [
        mean(own.compactMap(\.correlation)), mean(own.map(\.precision)), mean(own.map(\.hit)),
      ]
    }
    let columns = ["Spearman", "precision at \(assessment.k)", "hits at \(assessment.k)"]
    return ArtifactView(
      lines: [
        "each of \(Words.count(tasks.count, "task")) left out in turn; "
          + Words.count(assessment.candidates, "architecture"),
        "known: their results on the other tasks are; new: a fifth at a time, none of whose results is",
        "tasks: the mean of an architecture's own results on the other tasks; nearest: its result on the most similar "
          + "task",
        "means over \(Words.count(tasks.count, "task")) tell little where tasks are few",
      ],
      tables: [
        Table(["architectures", "method"] + columns, numeric: [2, 3, 4], keys: 2, cells: means),
        Table(
          ["task left out", "architectures", "method"] + columns, name: "tasks", numeric: [3, 4, 5], keys: 3,
          cells: assessment.rows.map { row in
            [
              .text(row.task), .text(row.setting.rawValue), .text(row.method), .number(row.correlation),
              .number(row.precision), .number(row.hit),
            ]
          }),
      ], json: try document(artifact))
  }
}
