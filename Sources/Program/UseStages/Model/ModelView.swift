package import Artifacts
package import DataStages
import Inputs
import JSON
import ModelStages
import Tables
import Wording

extension ArtifactView {
  /// A trained model: what it reads and says, and its tensors.
  package static func model(_ artifact: any InputArtifact) throws -> ArtifactView {
    let document = try JSONArtifact.decode(ModelDocument.self, artifact.bytes("model.json"))
    let tensors = try ArtifactView.tensors(artifact)
    let classes = document.classes.isEmpty ? "" : " (\(document.classes.prefix(8).joined(separator: ", ")))"
    let trained = document.trained
    let lines = [
      "\(document.architecture) for labels of the kind \(document.labels)\(classes), by \(document.metric)",
      "reads \(document.alphabet), up to \(Words.grouped(document.longestTokens)) tokens, pooling \(document.pooling), "
        + "strands \(document.strands)",
      "trained on \(Words.grouped(trained.sequences)) sequences of \(trained.shortest) to \(trained.longest) letters "
        + "(\(trained.letters))",
    ]
    return ArtifactView(
      lines: lines + tensors.lines, tables: tensors.tables,
      json: .object([
        ("model", try JSONArtifact.parse(artifact.bytes("model.json"))), ("tensors", tensors.json),
      ]))
  }

  /// The first rows of a table of predictions.
  package static func predicted(_ artifact: any InputArtifact) throws -> ArtifactView {
    var lines: [[String]] = []
    var (rest, count): ([UInt8], Int) = ([], 0)
    try artifact.forEachChunk("") { chunk in
      count += chunk.count { $0 == UInt8(ascii: "\n") }
      if lines.count <= Self.shownRows {
        rest += chunk
        while lines.count <= Self.shownRows, let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          lines.append(
            String(decoding: rest[..<end], as: UTF8.self).split(separator: "\t", omittingEmptySubsequences: false).map(
              String.init))
          rest.removeFirst(end + 1)
        }
      }
      return true
    }
    let header = lines.first ?? []
    let rows = Array(lines.dropFirst())
    return ArtifactView(
      lines: ["\(Words.count(max(0, count - 1), "row")); 'bioarc cat' or 'get' gives all"],
      tables: [Table(header, leftOut: max(0, count - 1) - rows.count, rows: rows)],
      json: .array(rows.map { row in .object(zip(header, row).map { ($0, .string($1)) }) }))
  }

  private static let shownRows = 1000
}
