import Artifacts
import JSON
import Rankings
import Sequences
import Spaces

extension ArtifactView {
  static func document(_ artifact: any InputArtifact, _ name: String = "") throws -> JSON {
    try JSON(parsing: artifact.bytes(name))
  }

  static func sequences(_ artifact: any InputArtifact) throws -> ArtifactView {
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
          return (texts + [splits.text(of: record.label)]).joined(separator: "  ")
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
          rows: counts.map { [$0.name] + [$0.records, $0.letters, $0.shortest, $0.longest].map(Figures.grouped) })
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

  static func tokenizer(_ artifact: any InputArtifact) throws -> ArtifactView {
    let tokenizer = try TokenizerArtifact.read(artifact)
    let rows = (0..<Int32(tokenizer.vocabularySize)).map { [String($0), tokenizer.text(of: $0)] }
    return ArtifactView(
      lines: ["\(tokenizer.scheme), \(Figures.grouped(tokenizer.vocabularySize)) tokens"],
      tables: [Table(["id", "token"], numeric: [0], rows: rows)], json: try document(artifact))
  }

  static func tokens(_ artifact: any InputArtifact) throws -> ArtifactView {
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
            ("[UNK]", "unknown", array.occurrences(of: Tokenizer.unknown)),
          ]
        )
      }
    }
    let columns = rows.first?.counts.map(\.title) ?? []
    return ArtifactView(
      tables: [
        Table(
          ["file"] + columns, numeric: Set(columns.indices.map { $0 + 1 }),
          rows: rows.map { [$0.file] + $0.counts.map { Figures.grouped($0.value) } })
      ],
      json: .array(
        rows.map { row in
          .object([("file", .string(row.file))] + row.counts.map { ($0.key, .int($0.value)) })
        }))
  }

  static func space(_ artifact: any InputArtifact) throws -> ArtifactView {
    let reduced = try JSONArtifact.decode(ReducedSpace.self, artifact.bytes())
    var tables: [Table] = []
    if !reduced.depths.isEmpty {
      let row = { (name: String, counts: ReducedSpace.Counts) in
        [name] + [counts.raw, counts.spread, counts.monotone, counts.bounded, counts.kept].map(Figures.grouped)
      }
      tables.append(
        Table(
          ["depth", "raw", "distance filter", "widths grow", "parameter bound", "kept"], numeric: [1, 2, 3, 4, 5],
          rows: reduced.depths.map { row(String($0.depth), $0.counts) } + [row("all", reduced.counts)]))
    }
    tables.append(
      Table(
        ["architecture", "parameters"], numeric: [1],
        rows: reduced.architectures.map { [$0.text, Figures.grouped(reduced.parameters(of: $0))] }))
    return ArtifactView(
      lines: ["\(reduced.architectures.count) architectures over \(reduced.blocks.count) shared blocks"],
      tables: tables,
      json: try document(artifact))
  }

  static func architecture(_ artifact: any InputArtifact) throws -> ArtifactView {
    let architecture = try ArchitectureText.read(artifact)
    return ArtifactView(lines: [architecture.text], json: .string(architecture.text))
  }

  static func architectures(_ artifact: any InputArtifact) throws -> ArtifactView {
    let texts = try artifact.names.map { name in
      String(decoding: try artifact.bytes(name), as: UTF8.self).split(separator: "\n").joined()
    }
    return ArtifactView(
      tables: [Table(["id", "architecture"], rows: zip(try artifact.names, texts).map { [$0, $1] })],
      json: .array(texts.map(JSON.string)))
  }
}
