package import Sequences

/// Reads rows of CSV (RFC 4180) or TSV from chunks of bytes.
///
/// Fields may be quoted, and then hold delimiters, line ends and doubled quotes. A byte order mark is passed over, line
/// ends are LF or CR LF, empty lines are skipped. A first line `sep=;` states the delimiter, in place of `delimiter`.
/// A control character ends the reading.
package struct DelimitedReader {
  private enum State { case start, plain, quoted, afterQuote, stopped }

  package private(set) var findings = SequenceFindings()
  private let file: String
  /// Whether a quote is more than a letter.
  private let hasQuotes: Bool
  package private(set) var delimiter: UInt8
  private var state = State.start
  private var field: [UInt8] = []
  private var row = DelimitedRow()
  private var line = 1
  private var column = 0
  private var place = DelimitedRow.Place(line: 1, column: 1)
  private var strayReported = false
  /// Whether the byte before this one was a carriage return.
  private var isAfterReturn = false
  private var opening = Opening()

  package init(file: String, delimiter: UInt8, hasQuotes: Bool = true) {
    self.file = file
    self.hasQuotes = hasQuotes
    self.delimiter = delimiter
  }

  /// True when nothing that follows will be read.
  package var isDone: Bool { state == .stopped }

  /// Reads no further.
  package mutating func stop() { state = .stopped }

  /// Reads the next chunk and gives every row that it completes; `emit` returns false to stop.
  package mutating func push(_ bytes: UnsafeRawBufferPointer, _ emit: (DelimitedRow) throws -> Bool) rethrows {
    if state == .stopped { return }
    var rest = bytes
    if let first = opening.take(&rest) { try begin(first, emit) }
    try read(rest, emit)
  }

  private mutating func begin(_ first: [UInt8], _ emit: (DelimitedRow) throws -> Bool) rethrows {
    if let message = ForeignFile.bytes(first) ?? ForeignFile.page(first) {
      findings.add(SequenceError(.foreign, file: file, line: 1, column: 1, message))
      state = .stopped
      return
    }
    var start = 0
    if let stated = ForeignFile.separator(first) {
      delimiter = stated.byte
      start = stated.line
      line = 2
    }
    try first[start...].withUnsafeBytes { try read($0, emit) }
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer, _ emit: (DelimitedRow) throws -> Bool) rethrows {
    for byte in bytes where state != .stopped {
      column += 1
      try step(byte, emit)
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 0
      }
    }
  }

  /// Ends the reading: gives the last row, when no line end closed it.
  package mutating func finish(_ emit: (DelimitedRow) throws -> Bool) rethrows {
    if state != .stopped, let first = opening.end() { try begin(first, emit) }
    if state == .quoted {
      report(place.line, place.column, "the quoted field that starts here is not closed")
    } else if state != .stopped, state != .start || !row.fields.isEmpty {
      endField()
      try endRow(emit)
    }
    state = .stopped
  }

  private mutating func step(_ byte: UInt8, _ emit: (DelimitedRow) throws -> Bool) rethrows {
    if isBinary(byte) {
      findings.add(
        SequenceError(
          .binary, file: file, line: line, column: column,
          "\(shown(byte)) in a text file: this is not a table, or it is damaged"))
      state = .stopped
      return
    }
    if isAfterReturn, byte != 13, byte != 10, state != .quoted {
      findings.add(SequenceError(.lineEnd, file: file, line: line, column: column - 1, oldLineEnds))
      state = .stopped
      return
    }
    isAfterReturn = byte == 13
    let quote = UInt8(ascii: "\"")
    switch (state, byte) {
    case (.quoted, quote): state = .afterQuote
    case (.quoted, _): field.append(byte)
    case (.start, quote) where hasQuotes:
      place = DelimitedRow.Place(line: line, column: column)
      state = .quoted
    case (.afterQuote, quote):
      field.append(quote)
      state = .quoted
    case (_, delimiter):
      if state == .start { place = DelimitedRow.Place(line: line, column: column) }
      endField()
    case (_, UInt8(ascii: "\n")):
      if state == .start { place = DelimitedRow.Place(line: line, column: column) }
      endField()
      try endRow(emit)
    default: plain(byte)
    }
  }

  private mutating func plain(_ byte: UInt8) {
    if state == .start {
      place = DelimitedRow.Place(line: line, column: column)
      state = .plain
    }
    if state == .afterQuote, byte != 13, !strayReported {
      report(line, column, "\(shown(byte)) after the end of a quoted field")
      strayReported = true
    } else if byte == UInt8(ascii: "\""), hasQuotes, !strayReported {
      report(
        line, column,
        "a quote inside a field that does not start with one; where quotes are letters, state options: "
          + "{ quotes: false }"
      )
      strayReported = true
    }
    field.append(byte)
  }

  private mutating func endField() {
    row.fields.append(field)
    row.places.append(place)
    field.removeAll(keepingCapacity: true)
    state = .start
  }

  private mutating func endRow(_ emit: (DelimitedRow) throws -> Bool) rethrows {
    if row.fields[row.fields.count - 1].last == 13 { row.fields[row.fields.count - 1].removeLast() }
    let done = row
    row = DelimitedRow()
    strayReported = false
    if done.fields == [[]] { return }
    if try !emit(done) { state = .stopped }
  }

  private mutating func report(_ line: Int, _ column: Int, _ message: String) {
    findings.add(SequenceError(.quote, file: file, line: line, column: column, message))
  }
}
