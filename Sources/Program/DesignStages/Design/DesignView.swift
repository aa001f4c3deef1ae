package import Artifacts
package import DataStages
import Figures
import Inputs
import Tables
import Wording

extension ArtifactView {
  /// The course of an evolution.
  package static func design(_ artifact: any InputArtifact) throws -> ArtifactView {
    let bytes = try artifact.bytes()
    let document = try JSONArtifact.decode(DesignDocument.self, bytes)
    var lines = [
      "raised: \(document.parts.joined(separator: ", and "))",
      "\(Words.count(document.starts, "start")), \(Words.count(document.scored, "sequence")) scored, "
        + "\(Words.fixed(document.meanEdits, 1)) edits of a result in the mean",
    ]
    if document.unchanged > 0 {
      lines.append("\(Words.part(document.unchanged, of: document.starts, "starts")) have no better result")
    }
    if document.broken > 0 {
      lines.append(
        "\(Words.part(document.broken, of: document.starts, "results")) break a constraint: \(document.reason ?? "")")
    }
    let number = { (value: Double) in TableCell(Words.fixed(value, 4), .number(value)) }
    let points = { (value: KeyPath<DesignDocument.Round, Double>) in
      document.rounds.enumerated().map { Plot.Point(x: Double($0), y: $1[keyPath: value]) }
    }
    return ArtifactView(
      lines: lines,
      tables: [
        Table(
          ["round", "scored", "mean of the best", "least", "largest"], numeric: [0, 1, 2, 3, 4],
          cells: document.rounds.enumerated().map { round, entry in
            [.count(round), .count(entry.scored), number(entry.mean), number(entry.least), number(entry.largest)]
          })
      ],
      pictures: [
        Plot(
          "rounds", title: "score of each start's best, by round", x: .init("round"), y: .init(""),
          lines: [
            .init("mean", points(\.mean)), .init("least", points(\.least)), .init("largest", points(\.largest)),
          ])
      ], json: try JSONArtifact.parse(bytes))
  }
}
