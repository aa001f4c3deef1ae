package import Artifacts
import Inputs
package import JSON
import Labelled
import Sequences
import Tables
import Wording

extension ArtifactView {
  /// The JSON document that an artifact holds under that name.
  package static func document(_ artifact: any InputArtifact, _ name: String = "") throws -> JSON {
    try JSONArtifact.parse(artifact.bytes(name))
  }

  /// The view of sequences, labelled or not: the files with their counts, and the first records.
  package static func sequences(_ artifact: any InputArtifact) throws -> ArtifactView {
    var counts: [(name: String, records: Int, letters: Int, shortest: Int, longest: Int)] = []
    var first: [String] = []
    let add = { (name: String, sequences: [[UInt8]]) in
      let lengths = sequences.map(\.count)
      counts.append((name, lengths.count, lengths.reduce(0, +), lengths.min() ?? 0, lengths.max() ?? 0))
    }
    if artifact.reference.kind == .labelledSequences {
      let splits = try SequenceSource(
        artifact, path: SequenceSource.names(at: "input"), alphabet: .dna, rows: 0
      ) { _ in }.labelled()
      for (name, records) in [("train", splits.train), ("dev", splits.dev), ("test", splits.test)] {
        add(name, records.map(\.sequence))
      }
      first =
        splits.notes
        + splits.train.prefix(5).map { record in
          let sequences = [record.sequence, record.second].filter { !$0.isEmpty }
          let texts = sequences.map { String(decoding: $0.prefix(100 / sequences.count), as: UTF8.self) }
          let label = splits.text(of: record.label)
          // Labels of letters stand under the letters that are shown.
          return (texts + [splits.kind == .letters ? String(label.prefix(100)) : label]).joined(separator: "  ")
        }
    } else {
      for name in try artifact.names {
        let records = try records(artifact, name)
        add(name, records.map(\.sequence))
        if first.isEmpty {
          first = records.prefix(5).map { ">\($0.name)  \(String(decoding: $0.sequence.prefix(80), as: UTF8.self))" }
        }
      }
    }
    let task = try TaskDocument(of: artifact)?.view
    let splits = JSON.array(
      counts.map { row in
        .object([
          ("split", .string(row.name)), ("records", .int(row.records)), ("letters", .int(row.letters)),
          ("shortest", .int(row.shortest)), ("longest", .int(row.longest)),
        ])
      })
    return ArtifactView(
      lines: (task?.lines ?? []) + first,
      tables: [
        Table(
          ["split", "records", "letters", "shortest", "longest"], numeric: [1, 2, 3, 4],
          cells: counts.map { row in
            [.text(row.name)] + [row.records, row.letters, row.shortest, row.longest].map(TableCell.count)
          })
      ] + (task?.tables ?? []),
      json: task == nil ? splits : .object([("splits", splits), ("task", try document(artifact, TaskDocument.file))]))
  }

  /// The records of one FASTA file, of whatever alphabet. A split may be empty.
  private static func records(_ artifact: any InputArtifact, _ name: String) throws -> [SequenceRecord] {
    let bytes = try artifact.bytes(name)
    if bytes.isEmpty { return [] }
    if let records = try? FASTAReader.read(bytes, file: name) { return records }
    return try FASTAReader.read(bytes, file: name, options: ReadingOptions(alphabet: .protein))
  }
}
