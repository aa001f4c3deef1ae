import Sequences

/// Reads lines. Empty ones at the end count for nothing.
struct LineReader {
  private(set) var findings = SequenceFindings()
  private(set) var isDone = false
  private let file: String
  private var opening = Opening()
  private var line: [UInt8] = []
  private var number = 1
  private var empty = 0

  init(file: String) { self.file = file }

  mutating func push(_ bytes: UnsafeRawBufferPointer, _ emit: (String) -> Void) {
    if isDone { return }
    var rest = bytes
    if let first = opening.take(&rest) { begin(first, emit) }
    read(rest, emit)
  }

  mutating func finish(_ emit: (String) -> Void) {
    if !isDone, let first = opening.end() { begin(first, emit) }
    if !isDone { end(emit) }
    isDone = true
  }

  private mutating func begin(_ first: [UInt8], _ emit: (String) -> Void) {
    if let message = ForeignFile.bytes(first) ?? ForeignFile.page(first) {
      return fail(.foreign, 1, message)
    }
    first.withUnsafeBytes { read($0, emit) }
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer, _ emit: (String) -> Void) {
    for byte in bytes where !isDone {
      if byte == UInt8(ascii: "\n") {
        end(emit)
      } else if isBinary(byte) {
        fail(.binary, line.count + 1, "\(shown(byte)) in a text file: these are no lines of labels")
      } else if line.last == 13, byte != 13 {
        fail(.lineEnd, line.count, oldLineEnds)
      } else {
        line.append(byte)
      }
    }
  }

  private mutating func end(_ emit: (String) -> Void) {
    while line.last == 13 { line.removeLast() }
    let text = String(decoding: line, as: UTF8.self)
    line.removeAll(keepingCapacity: true)
    number += 1
    if trimmed(text).isEmpty {
      empty += 1
      return
    }
    for _ in 0..<empty { emit("") }
    empty = 0
    emit(text)
  }

  private mutating func fail(_ code: SequenceError.Code, _ column: Int, _ message: String) {
    findings.add(SequenceError(code, file: file, line: number, column: column, message))
    isDone = true
  }
}
