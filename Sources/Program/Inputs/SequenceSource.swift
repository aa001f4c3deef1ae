package import Artifacts
package import Labelled
package import Sequences

/// Sequences out of an artifact, whatever its layout: a FASTA, CSV or TSV file; the FASTA files of a
/// tree; or the CSV files of labelled sequences.
package struct SequenceSource {
  /// The file of train in a tree of split sequences.
  package static let train = "train.fasta"
  /// The file of held-out sequences in such a tree.
  package static let heldOut = "held-out.fasta"

  package let artifact: any InputArtifact
  /// The name of a file in messages.
  package let path: InputFormat.Path
  package let reading: ReadingOptions
  package let report: @Sendable (StageReport) -> Void

  /// - Parameter rows: read only the first records of each file; 0 reads all.
  package init(
    _ artifact: any InputArtifact, path: @escaping InputFormat.Path, alphabet: Alphabet, rows: Int,
    keepsCase: Bool = false,
    _ report: @escaping @Sendable (StageReport) -> Void
  ) {
    self.artifact = artifact.reference.options["member"].map { ZipMember(artifact, $0, path) } ?? artifact
    self.path = path
    // An input, or the stage that made it, may state what its letters are. A document that cannot be read fails later.
    let options = ((try? TaskDocument(of: artifact)) ?? nil)?.options ?? artifact.reference.options
    let stated = options["alphabet"].flatMap(Alphabet.init(rawValue:))
    var reading = ReadingOptions(
      alphabet: stated ?? alphabet, stripGaps: options["gaps"] == "strip", rows: rows == 0 ? nil : rows)
    reading.keepsCase = keepsCase
    reading.stripsTrailingN = options["trailing-n"] == "strip"
    self.reading = reading
    self.report = report
  }

  /// The source of a stage at one place of a port, with its parameters `alphabet` and `rows`. The letters
  /// that an input states count; a parameter that says otherwise is a failure.
  package init(
    _ artifact: any InputArtifact, at place: String, _ context: StageContext,
    _ report: @escaping @Sendable (StageReport) -> Void
  ) throws {
    let parameter = Alphabet(rawValue: context[.alphabet]) ?? .dna
    self.init(
      artifact, path: Self.names(at: place), alphabet: parameter, rows: context[.rows], report)
    guard reading.alphabet == parameter || parameter == .dna else {
      throw StageFailure(
        code: "other-alphabet",
        "'\(place)' states the alphabet \(reading.alphabet.rawValue), the stage \(parameter.rawValue)")
    }
  }

  /// Names of a step's files in messages: a step knows content, not paths.
  package static func names(at port: String) -> InputFormat.Path { { $0.isEmpty ? port : "\(port)/\($0)" } }

  /// Whether the sequences are a tree that is split into train and held-out.
  package var isSplit: Bool {
    get throws { try artifact.reference.kind == .sequences && artifact.names.contains(Self.heldOut) }
  }

  /// Whether the input says itself which of its sequences are held out.
  package var statesHeldOut: Bool { get throws { try artifact.reference.kind == .labelledSequences || isSplit } }

  /// The input's name in messages.
  package var name: String { path("") }

  /// Calls `body` with each record and whether it is held out. Findings about the content are a `StageFailure`.
  package func forEach(_ body: (SequenceRecord, _ isHeldOut: Bool) throws -> Void) throws {
    try failing { try read(body) }
  }

  /// Turns findings about the content into a failure.
  private func failing<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let findings as SequenceFindings {
      throw StageFailure(code: "bad-data", "\(findings)")
    }
  }

  /// Calls `body` with each record and whether it is held out. Throws `SequenceFindings` about the content.
  package func read(_ body: (SequenceRecord, _ isHeldOut: Bool) throws -> Void) throws {
    switch artifact.reference.kind {
    case .labelledSequences:
      let splits = try readSplits()
      for note in splits.notes { report(.warning(note)) }
      for (name, records, isHeldOut) in [("train", splits.train, false), ("dev", splits.dev, true)] {
        for (index, record) in records.enumerated() {
          try body(SequenceRecord(name: "\(name)\(index + 1)", sequence: record.sequence), isHeldOut)
          if !record.second.isEmpty {
            try body(SequenceRecord(name: "\(name)\(index + 1)b", sequence: record.second), isHeldOut)
          }
        }
      }
    default: try unlabelled(body)
    }
  }

  /// Records of unlabelled sequences, without those that repeat an earlier one if they are dropped.
  private func unlabelled(_ body: (SequenceRecord, _ isHeldOut: Bool) throws -> Void) throws {
    let repeats = artifact.reference.options["duplicates"].flatMap(Repeats.init(rawValue:)) ?? .keep
    if repeats == .keep { return try files(body) }
    // Hashes of letters, so that those of millions of records fit into memory.
    var known: Set<UInt64> = []
    var repeated = 0
    try files { record, isHeldOut in
      let isNew = known.insert(HoldOut.hash(record.sequence)).inserted
      repeated += isNew ? 0 : 1
      if isNew || repeats == .count { try body(record, isHeldOut) }
    }
    if repeated > 0 {
      report(
        .warning(
          "\(name): sequences \(repeats == .drop ? "left out that" : "that") repeat an earlier one: \(repeated)"))
    }
  }

  private func files(_ body: (SequenceRecord, _ isHeldOut: Bool) throws -> Void) throws {
    switch artifact.reference.format {
    case "csv", "tsv": for name in try artifact.names { try table(name, body) }
    case "text": for name in try artifact.names { try plain(name, body) }
    default:
      for name in try artifact.names { try fasta(name) { try body($0, name == Self.heldOut) } }
    }
  }

  private func fasta(_ file: String, _ body: (SequenceRecord) throws -> Void) throws {
    var reader = FASTAReader(file: path(file), options: reading)
    try artifact.forEachChunk(file) { chunk in
      try reader.push(chunk, body)
      return !reader.isDone
    }
    try reader.finish(body)
    // A split may be empty; a file of the user may not.
    if reader.count == 0, file == Self.train || file == Self.heldOut { return }
    try check(reader.findings)
  }

  private func table(_ file: String, _ body: (SequenceRecord, Bool) throws -> Void) throws {
    var reader = TableReader(file: path(file), options: SequenceFormats.table(artifact.reference, reading))
    var incomplete = 0
    func take(_ record: TableRecord) throws {
      if record.isIncomplete { incomplete += 1 } else { try body(record.record, false) }
    }
    try artifact.forEachChunk(file) { chunk in
      try reader.push(chunk, take)
      return !reader.isDone
    }
    try reader.finish(take)
    try check(reader.findings)
    if incomplete > 0 { report(.warning("\(path(file)): rows left out without a sequence: \(incomplete)")) }
  }

  private func plain(_ file: String, _ body: (SequenceRecord, Bool) throws -> Void) throws {
    let isLines = artifact.reference.options["record"] == "line"
    var reader = PlainReader(file: path(file), isLineRecord: isLines, options: reading)
    try artifact.forEachChunk(file) { chunk in
      try reader.push(chunk) { try body($0, false) }
      return !reader.isDone
    }
    try reader.finish { try body($0, false) }
    try check(reader.findings)
  }

  /// The splits of labelled sequences. `rows` cuts them once all labels are known.
  package func labelled() throws -> LabelledSplits { try failing { try readSplits() } }

  /// The sequences of a task, train, dev and test, each once, under the name of the first row that has it.
  /// - Parameter inPairs: whether pairs stay together, as two records one behind the other.
  package func distinct(inPairs: Bool) throws -> [SequenceRecord] {
    let splits = try labelled()
    for note in splits.notes { report(.warning(note)) }
    var known: Set<[[UInt8]]> = []
    var records: [SequenceRecord] = []
    for record in [splits.train, splits.dev, splits.test].joined() {
      let pair = record.second.isEmpty ? [record.sequence] : [record.sequence, record.second]
      for sequences in inPairs ? [pair] : pair.map({ [$0] }) where known.insert(sequences).inserted {
        records += sequences.map { SequenceRecord(name: record.name, sequence: $0) }
      }
    }
    return records
  }

  /// The splits with all their rows, whatever `rows` says.
  func allLabelled() throws -> LabelledSplits { try failing { try allSplits() } }

  private func readSplits() throws -> LabelledSplits {
    var splits = try allSplits()
    if let rows = reading.rows {
      splits.train = Array(splits.train.prefix(rows))
      splits.dev = Array(splits.dev.prefix(rows))
      splits.test = Array(splits.test.prefix(rows))
    }
    return splits
  }

  /// The artifact's reference with the options that say how its tables are read: those of an input, or those that a
  /// stage wrote beside them.
  package var statedReference: ArtifactReference {
    get throws {
      var reference = artifact.reference
      if let document = try TaskDocument(of: artifact) { reference.options = document.options }
      return reference
    }
  }

  private func allSplits() throws -> LabelledSplits {
    let files = try LabelledFormat.files(artifact, path)
    var reader = LabelledReader(
      files: files.map(\.file), options: try LabelledFormat.options(statedReference, reading))
    for (index, file) in files.enumerated() {
      try artifact.forEachChunk(file.name) { chunk in
        reader.push(index, chunk)
        return !reader.isDone(index)
      }
    }
    return try reader.finish()
  }

  private func check(_ findings: SequenceFindings) throws {
    for line in findings.lines() where line.isWarning { report(.warning(line.text)) }
    try findings.check()
  }
}
