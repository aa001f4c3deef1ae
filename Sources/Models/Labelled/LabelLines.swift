import Sequences

/// Labels in files of their own, one a line, in the order of the sequences that they are of.
///
/// The first of these files belongs to the first file of rows, the second to the second.
struct LabelLines {
  private var lines: [[String]] = [[]]
  private let names: [String]
  /// Which file's labels are taken, and how many of them were.
  private var file = 0
  private var taken = 0

  init(_ files: [LabelledReader.File]) { names = files.filter { $0.role == .labelLines }.map(\.name) }

  var isEmpty: Bool { names.isEmpty }

  /// Takes a line of the file that is being read.
  mutating func add(_ line: String) { lines[lines.count - 1].append(line) }

  /// The label of the next row; nil when there are no such files. One that is missing is empty.
  mutating func next() -> String? {
    if isEmpty { return nil }
    defer { taken += 1 }
    guard lines.indices.contains(file), taken < lines[file].count else { return "" }
    return lines[file][taken]
  }

  /// Ends a file; returns what is wrong when its rows and labels are not as many.
  mutating func end(_ ended: LabelledReader.File) -> SequenceError? {
    if isEmpty || ended.role == .sequences { return nil }
    if ended.role == .labelLines {
      lines.append([])
      return nil
    }
    defer {
      file += 1
      taken = 0
    }
    guard names.indices.contains(file) else {
      return SequenceError(
        .label, file: ended.name,
        "`label-lines` states \(names.count) files, and this one of sequences is the next: it has no labels")
    }
    let count = lines[file].count
    if count == taken { return nil }
    let header = count == taken + 1 ? "; if `\(lines[file][0])` is a header, remove it" : ""
    return SequenceError(
      .label, file: names[file], "there are \(count) labels for the \(taken) sequences of \(ended.name)\(header)")
  }
}

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
