package import Artifacts
package import DataStages
import Inputs
import Rankings
import Tables
import Wording

extension ArtifactView {
  /// How often tags are obeyed, beside real sequences.
  package static func tagObedience(_ artifact: any InputArtifact) throws -> ArtifactView {
    let bytes = try artifact.bytes()
    let document = try JSONArtifact.decode(ObedienceDocument.self, bytes)
    let rows = [(document.real, "real"), (document.generated, "generated")].flatMap { groups, kind in
      groups.map { (kind: kind, group: $0) }
    }
    let cells = rows.map { kind, group in
      [.text(group.name), .text(kind), .count(group.called.reduce(0, +))] + group.called.map(TableCell.count)
        + [.number(group.obeyed?.value), .interval(group.obeyed?.low, group.obeyed?.high)]
    }
    let chance = Words.fixed(1 / Double(document.tags.count), 3)
    var lines = [
      "called: the tag that a linear model of k-mers of 1 to \(document.k) letters gives a sequence; it was trained on "
        + zip(document.trained, document.tags).map { "\(Words.grouped($0)) of \($1)" }.joined(separator: ", ")
        + ", pieces of \(Words.grouped(document.length)) letters",
      "real: pieces that it was not trained on, the most that can be asked of a generator; chance is \(chance)",
    ]
    lines += document.leftOut
    return ArtifactView(
      lines: lines,
      tables: [
        Table(
          ["tag", "sequences", "count"] + document.tags.map { "called \($0)" } + ["as asked", "95 % interval"],
          numeric: Set(2..<4 + document.tags.count), keys: 2, cells: cells)
      ], json: try JSONArtifact.parse(bytes))
  }
}
