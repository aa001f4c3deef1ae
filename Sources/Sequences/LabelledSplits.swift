/// Reads labelled sequences: the splits in files of their own, or one table of all.
///
/// By default that is the GUE folder layout: `train.csv`, `dev.csv` and `test.csv` with the columns `sequence` and
/// `label`. A column may hold names instead of sequences when there is a file of named sequences.
package struct LabelledReader {
  /// What a file holds.
  package enum Role: String, Sendable, CaseIterable {
    /// Named sequences, FASTA or a table of names and sequences, to which the other files refer.
    case sequences
    /// Rows of all splits.
    case table
    case train, dev, test
  }

  /// One file: its role, and what messages call it.
  package struct File: Hashable, Sendable {
    package let role: Role
    package let name: String
    package init(_ role: Role, _ name: String) {
      self.role = role
      self.name = name
    }
  }

  /// The files of the GUE layout, in the order in which they are read.
  package static let files = ["train.csv", "dev.csv", "test.csv"]

  /// A row of some file.
  struct Row {
    var row: TableRecord
    let file: String
    let role: Role
  }

  package let files: [File]
  let options: LabelledOptions
  private var reader: RecordReader?
  private var readerIndex = -1
  private var finished = SequenceFindings()
  private var named: [String: [UInt8]]?
  private var rows: [Row] = []

  /// A reader of the GUE layout. `rows` of the options limits each file.
  package init(folder: String, options: LabelledOptions = LabelledOptions()) {
    let roles: [Role] = [.train, .dev, .test]
    self.init(
      files: zip(roles, Self.files).map { File($0, folder.isEmpty ? $1 : "\(folder)/\($1)") }, options: options)
  }

  /// Named sequences, where there are any, must be the first of the files.
  package init(files: [File], options: LabelledOptions) {
    self.files = files
    self.options = options
  }

  /// Reads the next chunk of file `index` of `files`; files come one after the other.
  package mutating func push(_ index: Int, _ bytes: UnsafeRawBufferPointer) {
    while readerIndex < index - 1 { start(readerIndex + 1, isFASTA: false) }
    if index != readerIndex { start(index, isFASTA: bytes.first == UInt8(ascii: ">")) }
    let file = files[index]
    var current = reader.take()
    current?.push(bytes) { take($0, file) }
    reader = current
  }

  /// True when nothing more of file `index` will be read.
  package func isDone(_ index: Int) -> Bool { index == readerIndex && reader?.isDone ?? false }

  private mutating func start(_ index: Int, isFASTA: Bool) {
    endFile()
    readerIndex = index
    let file = files[index]
    var reading = options.reading
    if file.role == .sequences {
      var table = TableOptions(
        delimiter: options.layout == .tsv ? .tab : .comma, sequenceColumn: "2", nameColumn: "1", reading: reading)
      table.hasHeader = options.hasHeader
      reader =
        isFASTA
        ? .fasta(FASTAReader(file: file.name, options: reading), nil)
        : .table(TableReader(file: file.name, options: table))
    } else if options.layout == .fasta {
      reading.wholeHeaders = true
      reader = .fasta(FASTAReader(file: file.name, options: reading), options)
    } else {
      reader = .table(TableReader(file: file.name, options: options.table(named: named)))
    }
  }

  private mutating func take(_ row: TableRecord, _ file: File) {
    if file.role == .sequences {
      named = named ?? [:]
      if let known = named!.updateValue(row.record.sequence, forKey: row.record.name), known != row.record.sequence {
        finished.add(
          SequenceError(
            .duplicateName, file: file.name, line: row.knownLine, record: row.record.name,
            "two sequences have this name"))
      }
    } else {
      rows.append(Row(row: row, file: file.name, role: file.role))
    }
  }

  private mutating func endFile() {
    guard readerIndex >= 0, var last = reader.take() else { return }
    let file = files[readerIndex]
    last.finish { take($0, file) }
    finished.add(last.findings)
  }

  /// Ends the reading. Throws the findings of all files, errors of splits and labels last.
  package mutating func finish() throws(SequenceFindings) -> LabelledSplits {
    for index in files.indices where index > readerIndex { start(index, isFASTA: false) }
    endFile()
    try finished.check()
    var splits = SplitRows(rows, options)
    try splits.findings.check()
    let labels = try LabelNumbering(splits.train, options)
    var findings = SequenceFindings()
    let records = [splits.train, splits.dev, splits.test].map { rows in
      rows.compactMap { labels.record($0, &findings) }
    }
    try findings.check()
    if splits.ignored > 0 {
      splits.notes.append("\(splits.ignored) rows are left out: their label is in `ignore`")
    }
    return LabelledSplits(
      train: records[0], dev: records[1], test: records[2], classes: labels.classes, kind: options.labels,
      notes: splits.notes)
  }
}

/// One of both readers, giving rows. Each chunk is read in place: a copy of a reader would copy all that it holds.
private struct RecordReader {
  private var table: TableReader?
  private var fasta: FASTAReader?
  /// How the words of a FASTA header are read; nil: the first word is a name.
  private var words: LabelledOptions?

  static func table(_ reader: TableReader) -> RecordReader { RecordReader(table: reader) }
  static func fasta(_ reader: FASTAReader, _ words: LabelledOptions?) -> RecordReader {
    RecordReader(fasta: reader, words: words)
  }

  var findings: SequenceFindings { table?.findings ?? fasta?.findings ?? SequenceFindings() }
  var isDone: Bool { table?.isDone ?? fasta?.isDone ?? true }

  mutating func push(_ bytes: UnsafeRawBufferPointer, _ emit: (TableRecord) -> Void) {
    let words = words
    table?.push(bytes, emit)
    fasta?.push(bytes) { emit(Self.row($0, words)) }
  }

  mutating func finish(_ emit: (TableRecord) -> Void) {
    let words = words
    table?.finish(emit)
    fasta?.finish { emit(Self.row($0, words)) }
  }

  /// A row from a record whose name is a whole header. A word that the header does not have is empty.
  private static func row(_ record: SequenceRecord, _ options: LabelledOptions?) -> TableRecord {
    guard let options else { return TableRecord(record: record) }
    let words = record.name.split { $0 == " " || $0 == "\t" }.map(String.init)
    let word = { (number: String?) in
      number.flatMap { Int($0) }.flatMap { words.indices.contains($0 - 1) ? words[$0 - 1] : nil } ?? ""
    }
    var row = TableRecord(record: SequenceRecord(name: words.first ?? "", sequence: record.sequence))
    row.label = word(options.label)
    row.split = word(options.split)
    if row.split.isEmpty { row.split = "train" }
    row.isValidation = TableRecord.isTrue(word(options.validation))
    return row
  }
}
