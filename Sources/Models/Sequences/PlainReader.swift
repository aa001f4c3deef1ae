/// Reads sequences that are plain letters: a file is one sequence, or each of its lines is.
///
/// Spaces and tabs are passed over, and so are line ends where the file is one sequence. An empty line at the end
/// counts for nothing; elsewhere it is a finding. Records are called by their numbers, as rows of tables are.
package struct PlainReader {
  package private(set) var findings = SequenceFindings()
  /// Records given so far.
  package private(set) var count = 0
  /// True when nothing that follows will be read.
  package private(set) var isDone = false
  private let file: String
  private let options: ReadingOptions
  private let isLineRecord: Bool
  private var opening = Opening()
  private var letters: LetterFilter
  private var record = SequenceRecord(name: "row1", sequence: [])
  private var line = 1
  private var column = 0
  /// The first empty line that was not the end.
  private var emptyLine: Int?

  package init(file: String, isLineRecord: Bool, options: ReadingOptions = ReadingOptions()) {
    self.file = file
    self.options = options
    self.isLineRecord = isLineRecord
    letters = LetterFilter(options)
    isDone = options.rows == 0
  }

  /// Reads the next chunk, of any size, and gives every record that it completes to `emit`.
  package mutating func push(
    _ bytes: UnsafeRawBufferPointer, _ emit: (SequenceRecord) throws -> Void
  ) rethrows {
    if isDone { return }
    var rest = bytes
    if let first = opening.take(&rest) { try begin(first, emit) }
    try read(rest, emit)
  }

  /// Ends the reading: gives the last record.
  package mutating func finish(_ emit: (SequenceRecord) throws -> Void) rethrows {
    defer { letters.tell(of: file, in: &findings) }
    if isDone { return }
    if let first = opening.end() { try begin(first, emit) }
    if isDone { return }
    if column > 0 || !isLineRecord { try endRecord(emit) }
    if count == 0, findings.errorCount == 0 { report(.empty, nil, "there is no sequence in it") }
    isDone = true
  }

  private mutating func begin(_ first: [UInt8], _ emit: (SequenceRecord) throws -> Void) rethrows {
    let isFASTA = first.first == UInt8(ascii: ">")
    let foreign = isFASTA ? "this is FASTA; its format is `fasta`" : ForeignFile.bytes(first) ?? ForeignFile.page(first)
    if let message = foreign {
      report(.foreign, 1, message)
      isDone = true
      return
    }
    try first.withUnsafeBytes { try read($0, emit) }
  }

  private mutating func read(
    _ bytes: UnsafeRawBufferPointer, _ emit: (SequenceRecord) throws -> Void
  ) rethrows {
    var i = 0
    while i < bytes.count, !isDone {
      i = letters.take(bytes, from: i, column: &column, into: &record.sequence)
      if i == bytes.count { return }
      column += 1
      if bytes[i] == UInt8(ascii: "\n") {
        if isLineRecord { try endRecord(emit) }
        line += 1
        column = 0
      } else if isBinary(bytes[i]) {
        report(.binary, column, "\(shown(bytes[i])) in a text file: these are not plain letters")
        isDone = true
      } else if let (code, message) = letters.accept(bytes[i], at: (line, column), into: &record.sequence) {
        report(code, column, message)
      }
      i += 1
    }
  }

  private mutating func endRecord(_ emit: (SequenceRecord) throws -> Void) rethrows {
    letters.end(&record.sequence)
    if isLineRecord, record.sequence.isEmpty, !letters.failed {
      emptyLine = emptyLine ?? line
      return
    }
    if let emptyLine {
      report(.emptyRecord, 1, "line \(emptyLine) is empty, although there are sequences below it")
      isDone = true
      return
    }
    if let stop = letters.misplacedStop {
      findings.add(
        SequenceError(
          .illegalLetter, file: file, line: stop.line, column: stop.column,
          illegalLetter(UInt8(ascii: "*"), .protein)))
    }
    if record.sequence.isEmpty, !letters.failed { return }
    count += 1
    try emit(record)
    record = SequenceRecord(name: "row\(count + 1)", sequence: [])
    letters.begin()
    if let rows = options.rows, count >= rows { isDone = true }
  }

  private mutating func report(_ code: SequenceError.Code, _ column: Int?, _ message: String) {
    findings.add(SequenceError(code, file: file, line: column == nil ? nil : line, column: column, message))
  }
}
