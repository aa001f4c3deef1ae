/// Reads FASTA from chunks of bytes and gives each record as soon as it is complete.
///
/// A record is a line `>name description` and sequence lines, wrapped or not; line ends are LF or CR LF; blank lines,
/// and spaces and tabs in sequence lines, are passed over. A header ends at a byte 1, with which databases join
/// the headers of equal sequences. Faults are collected in `findings`: at most one illegal letter per record.
/// A control character ends the reading.
package struct FASTAReader {
  /// The byte between the headers of equal sequences.
  private static let joint: UInt8 = 1

  private enum State { case lineStart, header, sequence, skipLine, stopped }

  package private(set) var findings = SequenceFindings()
  /// Records given so far.
  package private(set) var count = 0
  private let file: String
  private let options: ReadingOptions
  private var letters: LetterFilter
  private var state = State.lineStart
  private var line = 1
  private var column = 0
  private var header: [UInt8] = []
  private var record: SequenceRecord?
  private var recordLine = 0
  /// Hashes of names, so that those of millions of records fit into memory.
  private var hashes: Set<UInt64> = []
  private var opening = Opening()

  /// A reader of the file called `file` in messages.
  package init(file: String, options: ReadingOptions = ReadingOptions()) {
    self.file = file
    self.options = options
    letters = LetterFilter(options)
    if options.rows == 0 { state = .stopped }
  }

  /// True when nothing that follows will be read.
  package var isDone: Bool { state == .stopped }

  /// Reads the next chunk, of any size, and gives every record that it completes to `emit`.
  package mutating func push(
    _ bytes: UnsafeRawBufferPointer, _ emit: (SequenceRecord) throws -> Void
  ) rethrows {
    if state == .stopped { return }
    var rest = bytes
    if let first = opening.take(&rest) { try begin(first, emit) }
    try read(rest, emit)
  }

  private mutating func begin(_ first: [UInt8], _ emit: (SequenceRecord) throws -> Void) rethrows {
    if let message = ForeignFile.bytes(first) ?? ForeignFile.page(first) ?? ForeignFile.fasta(first) {
      report(.foreign, line: 1, column: 1, message)
      state = .stopped
      return
    }
    try first.withUnsafeBytes { try read($0, emit) }
  }

  private mutating func read(
    _ bytes: UnsafeRawBufferPointer, _ emit: (SequenceRecord) throws -> Void
  ) rethrows {
    var i = 0
    while i < bytes.count, state != .stopped {
      if state == .sequence, record != nil {
        i = letters.take(bytes, from: i, column: &column, into: &record!.sequence)
        if i == bytes.count { return }
      }
      try step(bytes[i], emit)
      i += 1
    }
  }

  /// Ends the reading: gives the last record.
  package mutating func finish(_ emit: (SequenceRecord) throws -> Void) rethrows {
    defer { letters.tell(of: file, in: &findings) }
    if state == .stopped { return }
    if let first = opening.end() { try begin(first, emit) }
    if state == .header { endHeader() }
    if state == .stopped { return }
    try endRecord(emit)
    if count == 0, findings.errorCount == 0 { report(.empty, line: nil, column: nil, "there is no record in it") }
    state = .stopped
  }

  private mutating func step(_ byte: UInt8, _ emit: (SequenceRecord) throws -> Void) rethrows {
    column += 1
    if byte == UInt8(ascii: "\n") {
      if state == .header { endHeader() }
      line += 1
      column = 0
      state = .lineStart
      return
    }
    if isBinary(byte), byte != Self.joint || state != .header {
      report(
        .binary, line: line, column: column,
        "\(shown(byte)) in a text file: this is not FASTA, or it is damaged")
      state = .stopped
      return
    }
    switch state {
    case .lineStart where byte == UInt8(ascii: ">"):
      try endRecord(emit)
      if state == .stopped { return }
      header.removeAll(keepingCapacity: true)
      recordLine = line
      state = .header
    case .lineStart where byte == 13 || byte == 32 || byte == 9: break
    case .header:
      if header.last == 13, byte != 13 {
        report(.lineEnd, line: line, column: column - 1, oldLineEnds)
        state = .stopped
      }
      header.append(byte)
    case .lineStart, .sequence: letter(byte)
    case .skipLine, .stopped: break
    }
  }

  private mutating func letter(_ byte: UInt8) {
    state = .sequence
    guard record != nil else {
      if findings.errorCount == 0 {
        report(.noHeader, line: line, column: column, "text before the first header: a record starts with `>`")
      }
      state = .skipLine
      return
    }
    if let (code, message) = letters.accept(byte, at: (line, column), into: &record!.sequence) {
      report(code, line: line, column: column, record: record!.name, message)
    }
  }

  private mutating func endHeader() {
    // A file that was converted twice ends its lines with two carriage returns.
    var text = header.prefix { $0 != Self.joint }
    while text.last == 13 { text.removeLast() }
    let word = text.prefix { $0 != 32 && $0 != 9 }
    if word.isEmpty { report(.missingName, line: recordLine, column: 1, "`>` is not followed by a name") }
    let name = String(decoding: word, as: UTF8.self)
    if !word.isEmpty, !hashes.insert(HoldOut.hash(word)).inserted {
      findings.warn(
        SequenceError(.duplicateName, file: file, line: recordLine, column: 2, record: name, "the name was used before")
      )
    }
    record = SequenceRecord(
      name: options.wholeHeaders ? String(decoding: text, as: UTF8.self) : name, sequence: [])
    letters.begin()
  }

  private mutating func endRecord(_ emit: (SequenceRecord) throws -> Void) rethrows {
    guard var done = record.take() else { return }
    letters.end(&done.sequence)
    if let stop = letters.misplacedStop {
      report(
        .illegalLetter, line: stop.line, column: stop.column, record: done.name,
        illegalLetter(UInt8(ascii: "*"), .protein))
    }
    if done.sequence.isEmpty, !letters.failed {
      report(.emptyRecord, line: recordLine, column: 1, record: done.name, "the record has no letters")
    }
    count += 1
    try emit(done)
    if let rows = options.rows, count >= rows { state = .stopped }
  }

  private mutating func report(
    _ code: SequenceError.Code, line: Int?, column: Int?, record: String? = nil, _ message: String
  ) {
    findings.add(SequenceError(code, file: file, line: line, column: column, record: record, message))
  }
}

extension FASTAReader {
  /// Reads a whole file that is in memory. Throws its findings when there is an error.
  package static func read(
    _ bytes: [UInt8], file: String, options: ReadingOptions = ReadingOptions()
  ) throws(SequenceFindings) -> [SequenceRecord] {
    var reader = FASTAReader(file: file, options: options)
    var records: [SequenceRecord] = []
    bytes.withUnsafeBytes { reader.push($0) { records.append($0) } }
    reader.finish { records.append($0) }
    try reader.findings.check()
    return records
  }
}
