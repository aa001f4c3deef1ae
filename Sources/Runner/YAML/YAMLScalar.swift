package import Artifacts

/// A scalar: its text, and its value by YAML 1.2's core schema.
package struct YAMLScalar: Hashable, Sendable {
  /// After unescaping; as written for a plain scalar.
  package let text: String
  package let value: Value

  /// The value that a scalar stands for.
  package enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    /// An integer outside 64 bits.
    case hugeInt
    /// The number may be infinite or not a number: a reader that asks for a number rejects those.
    case float(Double)
    case string(String)
  }

  /// A quoted or block scalar: always a string.
  package init(quoted text: String) {
    self.text = text
    value = .string(text)
  }

  /// A plain scalar, resolved by the core schema: `no` is a string, `010` is ten, `0x1F` and `0o17` are integers.
  package init(plain text: String) {
    self.text = text
    value = Self.resolve(text)
  }

  /// The value of a number or of a truth.
  package var number: Artifacts.Value? {
    switch value {
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .float(let value): .float(value)
    case .null, .hugeInt, .string: nil
    }
  }

  /// The value of a whole number, however it is written.
  package var whole: Int? {
    switch value {
    case .int(let value): value
    case .float(let value): Int(exactly: value)
    case .bool, .null, .hugeInt, .string: nil
    }
  }

  /// The scalar in words that fit after "not".
  var words: String {
    switch value {
    case .null: "an empty value"
    case .bool, .int, .float, .hugeInt: text
    case .string(let string): string.isEmpty ? "an empty string" : "'\(string)'"
    }
  }

  private static func resolve(_ text: String) -> Value {
    // Most scalars are names and numbers, which begin with none of these.
    guard text.utf8.first.map("~nNtTfF.+-".utf8.contains) ?? true else { return number(text) ?? .string(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case ".nan", ".NaN", ".NAN": return .float(.nan)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .float(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
    default: return number(text) ?? .string(text)
    }
  }

  private static func number(_ text: String) -> Value? {
    let bytes = Array(text.utf8)
    if bytes.allSatisfy({ 48...57 ~= $0 }), let value = Int(text) { return .int(value) }
    if text.hasPrefix("0o"), bytes.count > 2, bytes[2...].allSatisfy({ 48...55 ~= $0 }) {
      return Int(text.dropFirst(2), radix: 8).map(Value.int) ?? .hugeInt
    }
    if text.hasPrefix("0x"), bytes.count > 2, bytes[2...].allSatisfy({ isHexDigit($0) }) {
      return Int(text.dropFirst(2), radix: 16).map(Value.int) ?? .hugeInt
    }
    var rest = bytes[...]
    if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
    let whole = digits(&rest)
    if rest.isEmpty { return whole == 0 ? nil : Int(text).map(Value.int) ?? .hugeInt }
    var fraction = 0
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      fraction = digits(&rest)
    }
    guard whole + fraction > 0 else { return nil }
    if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
      rest.removeFirst()
      if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
      guard digits(&rest) > 0 else { return nil }
    }
    guard rest.isEmpty else { return nil }
    return .float(Double(text) ?? .nan)
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    48...57 ~= byte || 97...102 ~= byte | 0x20
  }

  /// Takes the digits at the front of `bytes`; returns how many.
  private static func digits(_ bytes: inout ArraySlice<UInt8>) -> Int {
    let count = bytes.prefix { 48...57 ~= $0 }.count
    bytes.removeFirst(count)
    return count
  }
}
