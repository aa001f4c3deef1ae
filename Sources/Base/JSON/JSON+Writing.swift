extension JSON {
  /// The text, two spaces of indentation a level and arrays of plain values on a line, ending without a line break.
  /// A number that is not finite is null.
  package func text(indent: Int = 0) -> String {
    let inner = "\n" + String(repeating: "  ", count: indent + 1)
    let outer = "\n" + String(repeating: "  ", count: indent)
    switch self {
    case .array(let values) where values.isEmpty: return "[]"
    case .array(let values) where values.allSatisfy(\.isScalar):
      return "[" + values.map(\.line).joined(separator: ", ") + "]"
    case .array(let values):
      return "[" + inner + values.map { $0.text(indent: indent + 1) }.joined(separator: "," + inner) + outer + "]"
    case .object(let members) where members.isEmpty: return "{}"
    case .object(let members):
      let lines = members.map { Self.quoted($0.key) + ": " + $0.value.text(indent: indent + 1) }
      return "{" + inner + lines.joined(separator: "," + inner) + outer + "}"
    default: return line
    }
  }

  /// The text on one line, without a space.
  package var line: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .double(let value): Self.text(of: value)
    case .string(let value): Self.quoted(value)
    case .array(let values): "[" + values.map(\.line).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0.key) + ":" + $0.value.line }.joined(separator: ",") + "}"
    }
  }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  /// The shortest digits that are read as the same number.
  private static func text(of value: Double) -> String {
    guard value.isFinite else { return "null" }
    let isWhole = value == value.rounded() && abs(value) < 1e15 && (value != 0 || value.sign == .plus)
    return isWhole ? String(Int(value)) : "\(value)"
  }

  /// A string between quotes. Quotes, backslashes, control characters, and characters that editors hide or take
  /// for the end of a line are escaped.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _
      where scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value || [0x2028, 0x2029, 0xFEFF].contains(scalar.value):
        let hex = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
