package import Artifacts
package import DataStages
import Figures
import Inputs
import JSON
import Spaces
import Wording

extension ArtifactView {
  package static func space(_ artifact: any InputArtifact) throws -> ArtifactView {
    let reduced = try JSONArtifact.decode(ReducedSpace.self, artifact.bytes())
    var tables: [Table] = []
    if !reduced.depths.isEmpty {
      let row = { (name: String, counts: ReducedSpace.Counts) in
        [name] + [counts.raw, counts.spread, counts.monotone, counts.bounded, counts.kept].map(Words.grouped)
      }
      tables.append(
        Table(
          ["depth", "raw", "distance filter", "widths grow", "parameter bound", "kept"], numeric: [1, 2, 3, 4, 5],
          rows: reduced.depths.map { row(String($0.depth), $0.counts) } + [row("all", reduced.counts)]))
    }
    tables.append(
      Table(
        ["architecture", "parameters"], numeric: [1],
        rows: reduced.architectures.map { [$0.text, Words.grouped(reduced.parameters(of: $0))] }))
    return ArtifactView(
      lines: ["\(reduced.architectures.count) architectures over \(reduced.blocks.count) shared blocks"],
      tables: tables,
      json: try document(artifact))
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
