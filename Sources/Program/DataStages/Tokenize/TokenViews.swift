package import Artifacts
import Inputs
import JSON
import Tables
import Tokenizers
import Tokens
import Wording

extension ArtifactView {
  /// The view of a tokenizer: its vocabulary.
  package static func tokenizer(_ artifact: any InputArtifact) throws -> ArtifactView {
    let tokenizer = try TokenizerArtifact.read(artifact)
    let cells = (0..<Int32(tokenizer.vocabularySize)).map { id in
      [TableCell("\(id)", .count(Int(id))), .text(tokenizer.text(of: id))]
    }
    return ArtifactView(
      lines: ["\(tokenizer.scheme), \(Words.grouped(tokenizer.vocabularySize)) tokens"],
      tables: [Table(["id", "token"], numeric: [0], cells: cells)], json: try document(artifact))
  }

  /// The view of tokens: counts by file.
  package static func tokens(_ artifact: any InputArtifact) throws -> ArtifactView {
    let rows: [(file: String, counts: [(title: String, key: String, value: Int)])] = try artifact.names.map { name in
      let file = try TokenFile(artifact, name)
      let array = file.array
      return withExtendedLifetime(file) {
        (
          name,
          [
            ("sequences", "sequences", array.count),
            ("tokens", "tokens", array.total), ("vocabulary", "vocabulary", array.vocabularySize),
            ("without a token", "withoutToken", (0..<array.count).count { array.length($0) == 0 }),
            ("[UNK]", "unknown", array.occurrences(of: SpecialToken.unknown)),
          ]
        )
      }
    }
    let columns = rows.first?.counts.map(\.title) ?? []
    return ArtifactView(
      tables: [
        Table(
          ["file"] + columns, numeric: Set(columns.indices.map { $0 + 1 }),
          cells: rows.map { [.text($0.file)] + $0.counts.map { .count($0.value) } })
      ],
      json: .array(
        rows.map { row in
          .object([("file", .string(row.file))] + row.counts.map { ($0.key, .int($0.value)) })
        }))
  }
}
