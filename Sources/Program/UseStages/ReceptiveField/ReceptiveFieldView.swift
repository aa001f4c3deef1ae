package import Artifacts
package import DataStages
import Figures
import Inputs
import Tables
import Wording

extension ArtifactView {
  /// The least strength that is drawn.
  private static let weakest = 1e-6

  /// How far a network sees, by its shapes and by its gradients.
  package static func receptiveField(_ artifact: any InputArtifact) throws -> ArtifactView {
    let bytes = try artifact.bytes()
    let field = try JSONArtifact.decode(ReceptiveField.self, bytes)
    // A strength of which nothing can be seen has no point, and breaks the line.
    let points = field.strengths.enumerated().map {
      Plot.Point(x: Double($0 - field.before), y: $1 < weakest ? 0 : $1)
    }
    // The ends of what shapes allow.
    let reach = field.seesBehindStem.map { Double(field.isCausal ? $0 - 1 : $0 / 2) }
    let marks = reach.map { [-$0] + (field.isCausal ? [] : [$0]) } ?? []
    return ArtifactView(
      lines: [
        "\(field.architecture)\(field.isCausal ? ", of whose tokens each sees itself and those before it" : "")",
        "by its shapes a token sees \(field.sees.map { Words.count($0, "token") } ?? "all tokens")"
          + (field.strengths.count < field.sees ?? .max
            ? ", of which pieces show \(field.strengths.count) at most" : ""),
        "by its gradients, over \(Words.count(field.pieces, "piece")) of "
          + "\(Words.grouped(field.strengths.count)) tokens:",
      ],
      tables: [
        Table(
          ["share of squared derivatives", "tokens that hold it"], numeric: [1],
          cells: field.widths.map {
            [TableCell("\(Words.fixed(100 * $0.share, 0)) %", .number($0.share)), .count($0.tokens)]
          })
      ],
      pictures: [
        Plot(
          "field", title: "strength of a token's influence, the strongest being 1, on a logarithmic scale",
          x: .init("tokens from the one that is asked"), y: .init("", .logarithmic),
          lines: [.init("", points)],
          marks: marks.filter { abs($0) <= Double(field.before) }.map { ("the shapes end here", $0) })
      ], json: try JSONArtifact.parse(bytes))
  }
}
