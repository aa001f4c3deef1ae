extension JSON {
  /// The layout of a text.
  package enum Layout: Sendable {
    /// On one line, without a space: for pipes and logs.
    case line
    /// Indented, one value on a line: for documents that results hold. Their bytes are digested, so that this layout
    /// never changes.
    case document
    /// Indented, arrays of plain values on a line: for people.
    case page
  }

  /// The text in UTF-8, ending without a line break. Two spaces are a level. A number that is not finite is null.
  package func bytes(_ layout: Layout) -> [UInt8] {
    var writer = JSONWriter(layout: layout)
    writer.write(self, level: 0)
    return writer.bytes
  }

  /// The text of a layout, as `bytes`.
  package func text(_ layout: Layout = .page) -> String { String(decoding: bytes(layout), as: UTF8.self) }

  /// The text on one line, without a space.
  package var line: String { text(.line) }

  /// A string between quotes. Quotes, backslashes, control characters, and characters that editors hide or take
  /// for the end of a line are escaped.
  package static func quoted(_ text: String) -> String { JSON.string(text).line }

  /// With the members of each object sorted by their keys.
  var sorted: JSON {
    switch self {
    case .array(let values): .array(values.map(\.sorted))
    case .object(let members):
      .object(members.map { (key: $0.key, value: $0.value.sorted) }.sorted { $0.key < $1.key })
    default: self
    }
  }

  fileprivate var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }
}

private struct JSONWriter {
  let layout: JSON.Layout
  var bytes: [UInt8] = []

  init(layout: JSON.Layout) { self.layout = layout }

  mutating func write(_ value: JSON, level: Int) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .int(let value): append(String(value))
    case .double(let value): number(value)
    case .string(let value): string(value)
    case .array(let values):
      let isRow = layout == .page && values.allSatisfy(\.isScalar)
      list("[", "]", values.count, level: level, isRow: isRow) { writer, i in
        writer.write(values[i], level: level + 1)
      }
    case .object(let members):
      list("{", "}", members.count, level: level, isRow: false) { writer, i in
        writer.string(members[i].key)
        writer.append(writer.layout == .line ? ":" : writer.layout == .document ? " : " : ": ")
        writer.write(members[i].value, level: level + 1)
      }
    }
  }

  private mutating func append(_ text: String) { bytes += text.utf8 }

  private mutating func list(
    _ open: String, _ close: String, _ count: Int, level: Int, isRow: Bool, _ item: (inout Self, Int) -> Void
  ) {
    append(open)
    for i in 0..<count {
      if i > 0 { append(isRow ? ", " : ",") }
      if !isRow { lineBreak(level + 1) }
      item(&self, i)
    }
    // A document has empty lines in what is empty, as the writers of its first versions had.
    if count == 0, layout == .document { append("\n") }
    if count > 0 ? !isRow : layout == .document { lineBreak(level) }
    append(close)
  }

  private mutating func lineBreak(_ level: Int) {
    if layout == .line { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes += repeatElement(UInt8(ascii: " "), count: 2 * level)
  }

  /// The shortest digits that are read as the same number.
  private mutating func number(_ value: Double) {
    guard value.isFinite else { return append("null") }
    append(value.description)
    if bytes.suffix(2).elementsEqual(".0".utf8) { bytes.removeLast(2) }
  }

  private mutating func string(_ text: String) {
    append("\"")
    defer { append("\"") }
    let isPlain = text.utf8.allSatisfy { 0x20..<0x7F ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    if isPlain { return append(text) }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": append("\\\"")
      case "\\": append("\\\\")
      case "\n": append("\\n")
      case "\r": append("\\r")
      case "\t": append("\\t")
      case "\u{8}": append("\\b")
      case "\u{C}": append("\\f")
      case _
      where scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value || [0x2028, 0x2029, 0xFEFF].contains(scalar.value):
        let hex = String(scalar.value, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
      default: bytes += UTF8.encode(scalar)!
      }
    }
  }
}
