import Sequences

/// Labels in files of their own, one a line, in the order of the sequences that they are of.
///
/// The first of these files belongs to the first file of rows, the second to the second.
struct LabelLines {
  private var lines: [[String]] = [[]]
  private let names: [String]
  /// The file whose labels are taken, and the number of those that were.
  private var file = 0
  private var taken = 0

  init(_ files: [LabelledFile]) { names = files.filter { $0.role == .labelLines }.map(\.name) }

  var isEmpty: Bool { names.isEmpty }

  /// Takes a line of the file that is being read.
  mutating func add(_ line: String) { lines[lines.count - 1].append(line) }

  /// The label of the next row; nil when there are no such files. A label that is missing is empty.
  mutating func next() -> String? {
    if isEmpty { return nil }
    defer { taken += 1 }
    guard lines.indices.contains(file), taken < lines[file].count else { return "" }
    return lines[file][taken]
  }

  /// Ends a file; returns a finding when its rows and labels are not as many.
  mutating func end(_ ended: LabelledFile) -> SequenceError? {
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
