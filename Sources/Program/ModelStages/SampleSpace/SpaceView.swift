package import Artifacts
import Blocks
package import DataStages
import Inputs
import JSON
import Spaces
import Tables
import Wording

extension ArtifactView {
  package static func space(_ artifact: any InputArtifact) throws -> ArtifactView {
    let reduced = try JSONArtifact.decode(ReducedSpace.self, artifact.bytes())
    var tables: [Table] = []
    if !reduced.depths.isEmpty {
      let isFiltered = reduced.distanceFirst ?? true
      let row = { (name: String, counts: ReducedSpace.Counts) -> [TableCell] in
        let first = isFiltered ? [counts.spread, counts.monotone] : [counts.monotone, counts.spread]
        return [.text(name)] + ([counts.raw] + first + [counts.bounded, counts.kept]).map(TableCell.count)
      }
      let steps = isFiltered ? ["distance filter", "widths grow"] : ["widths grow", "distance filter"]
      tables.append(
        Table(
          ["depth", "raw"] + steps + ["parameter bound", "kept"], name: "depths", numeric: [1, 2, 3, 4, 5],
          cells: reduced.depths.map { row(String($0.depth), $0.counts) } + [row("all", reduced.counts)]))
    }
    tables.append(shares(reduced.usage))
    tables.append(
      Table(
        ["architecture", "parameters", "sees"], name: "architectures", numeric: [1, 2],
        cells: reduced.architectures.map { architecture in
          [
            .text(architecture.text), .count(reduced.parameters(of: architecture)),
            architecture.receptiveField().map(TableCell.count) ?? TableCell("all", .number(.infinity)),
          ]
        }))
    return ArtifactView(
      lines: ["\(reduced.architectures.count) architectures over \(reduced.blocks.count) shared blocks"],
      tables: tables,
      json: try document(artifact))
  }

  /// The shares of the kinds of block at each position, and over all.
  private static func shares(_ usage: [[BlockKind: Int]]) -> Table {
    let all = usage.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    let kinds = BlockKind.all.filter { all[$0] != nil }
    let row = { (name: String, counts: [BlockKind: Int]) -> [TableCell] in
      let sum = counts.values.reduce(0, +)
      return [.text(name), .count(sum)] + kinds.map { .percent(counts[$0] ?? 0, of: sum) }
    }
    return Table(
      ["position", "layers"] + kinds.map(\.name), name: "shares", numeric: Set(1..<kinds.count + 2),
      cells: usage.enumerated().map { row(String($0.offset + 1), $0.element) } + [row("all", all)])
  }

  package static func architecture(_ artifact: any InputArtifact) throws -> ArtifactView {
    let architecture = try ArchitectureText.read(artifact)
    return ArtifactView(lines: [architecture.text], json: .string(architecture.text))
  }

  package static func architectures(_ artifact: any InputArtifact) throws -> ArtifactView {
    let texts = try artifact.names.map { name in
      String(decoding: try artifact.bytes(name), as: UTF8.self).split(separator: "\n").joined()
    }
    return ArtifactView(
      tables: [Table(["id", "architecture"], rows: zip(try artifact.names, texts).map { [$0, $1] })],
      json: .array(texts.map(JSON.string)))
  }
}
