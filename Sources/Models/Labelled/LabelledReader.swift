package import Sequences

/// Reads labelled sequences: the splits in files of their own, or one table of all.
///
/// The default is the GUE folder layout: `train.csv`, `dev.csv` and `test.csv` with the columns `sequence` and `label`.
/// A column may hold names instead of sequences when there is a file of named sequences.
package struct LabelledReader {
  /// The files of the GUE layout, in the order in which they are read.
  package static let files = ["train.csv", "dev.csv", "test.csv"]

  package let files: [LabelledFile]
  let options: LabelledOptions
  private var reader: RecordReader?
  private var readerIndex = -1
  private var finished = SequenceFindings()
  private var named: [String: [UInt8]]?
  private var rows: [LabelledRow] = []
  private var labels: LabelLines
  /// Labels with spaces around them.
  private var padded = 0
  private var incomplete = 0
  /// Names of sequences that rows have.
  private var used: Set<String> = []

  /// A reader of the GUE layout. `rows` of the options limits each file.
  package init(folder: String, options: LabelledOptions = LabelledOptions()) {
    let roles: [LabelledFile.Role] = [.train, .dev, .test]
    self.init(
      files: zip(roles, Self.files).map { LabelledFile($0, folder.isEmpty ? $1 : "\(folder)/\($1)") }, options: options)
  }

  /// Named sequences, where there are any, must be the first of the files.
  package init(files: [LabelledFile], options: LabelledOptions) {
    self.files = files
    self.options = options
    labels = LabelLines(files)
  }

  /// Reads the next chunk of file `index` of `files`; files come one after the other.
  package mutating func push(_ index: Int, _ bytes: UnsafeRawBufferPointer) {
    while readerIndex < index - 1 { start(readerIndex + 1, isFASTA: false) }
    if index != readerIndex {
      let hasMark = bytes.starts(with: Opening.byteOrderMark)
      start(index, isFASTA: bytes.dropFirst(hasMark ? 3 : 0).first == UInt8(ascii: ">"))
    }
    var current = reader.take()
    current?.push(bytes) { take($0, files[index]) }
    reader = current
  }

  /// True when nothing more of file `index` will be read.
  package func isDone(_ index: Int) -> Bool { index == readerIndex && reader?.isDone ?? false }

  private mutating func start(_ index: Int, isFASTA: Bool) {
    endFile()
    readerIndex = index
    let file = files[index]
    var reading = options.reading
    switch (file.role, options.layout) {
    case (.labelLines, _): reader = .lines(LineReader(file: file.name))
    case (.sequences, _):
      var table = TableOptions(
        delimiter: options.columnDelimiter, sequenceColumn: "2", nameColumn: "1", reading: reading)
      table.hasHeader = options.hasHeader
      table.isHeaderStated = options.isHeaderStated
      reader =
        isFASTA
        ? .fasta(FASTAReader(file: file.name, options: reading), nil)
        : .table(TableReader(file: file.name, options: table))
    case (_, .fasta):
      reading.wholeHeaders = true
      reader = .fasta(FASTAReader(file: file.name, options: reading), options)
    case (_, .text):
      reader = .plain(PlainReader(file: file.name, isLineRecord: options.isLineRecord, options: reading))
    case (_, .csv), (_, .tsv):
      var table = options.table(named: named)
      if file.label != nil || !labels.isEmpty { table.labelColumn = nil }
      if file.split != nil { table.splitColumn = nil }
      reader = .table(TableReader(file: file.name, options: table))
    }
  }

  private mutating func take(_ record: TableRecord, _ file: LabelledFile) {
    switch file.role {
    case .labelLines: labels.add(record.label)
    case .sequences:
      named = named ?? [:]
      let name = trimmed(record.record.name)
      if let known = named!.updateValue(record.record.sequence, forKey: name), known != record.record.sequence {
        finished.add(
          SequenceError(
            .duplicateName, file: file.name, line: record.knownLine, record: record.record.name,
            "two sequences have this name"))
      }
    case .table, .train, .dev, .test:
      var row = LabelledRow(row: record, file: file.name, role: file.role, hasSplit: file.split != nil)
      if let label = file.label ?? labels.next() { row.row.take(label: label) }
      if let split = file.split { row.row.split = split }
      padded += row.row.isPadded ? 1 : 0
      if row.row.isIncomplete || options.dropsIncompleteRows && row.row.label.isEmpty && options.labels != .set {
        incomplete += 1
      } else {
        rows.append(row)
      }
    }
  }

  private mutating func endFile() {
    guard readerIndex >= 0, var last = reader.take() else { return }
    let file = files[readerIndex]
    last.finish { take($0, file) }
    finished.add(last.findings)
    used.formUnion(last.usedNames)
    if let error = labels.end(file) { finished.add(error) }
  }

  /// Ends the reading. Throws the findings of all files, errors of splits and labels last.
  package mutating func finish() throws(SequenceFindings) -> LabelledSplits {
    for index in files.indices where index > readerIndex { start(index, isFASTA: false) }
    endFile()
    try finished.check()
    let splits = SplitRows(rows, options)
    try splits.findings.check()
    var findings = SequenceFindings()
    let all = [splits.train, splits.dev, splits.test]
    let numbering = try LabelNumbering(splits.train, others: splits.dev + splits.test, options)
    let records = all.map { rows in rows.compactMap { numbering.record($0, &findings) } }
    if options.unseen == .refuse, zip(records, all).contains(where: { $0.count < $1.count }) {
      numbering.addUnseen(all, isCarved: splits.isCarved, to: &findings)
    }
    try findings.check()
    return LabelledSplits(
      train: records[0], dev: records[1], test: records[2], classes: numbering.classes, kind: options.labels,
      notes: notes + splits.notes + numbering.notes + numbering.unseenNotes(all))
  }

  /// Notes on things in the files that were passed over.
  private var notes: [String] {
    var notes = finished.lines().filter(\.isWarning).map(\.text)
    if padded > 0 { notes.append("labels with spaces around them, which are passed over: \(padded)") }
    if incomplete > 0 {
      notes.append("rows left out without a sequence or a label, or with a name that no sequence has: \(incomplete)")
    }
    if let named {
      let unused = named.count - used.count
      if unused > 0 { notes.append("\(unused) of \(named.count) named sequences are in no row") }
    }
    return notes
  }
}
