extension JSON {
  /// The deepest nesting that is read.
  package static let maximumDepth = 64

  /// Reads one value that takes all bytes. Duplicate keys, invalid UTF-8 and nesting beyond `maximumDepth` are errors.
  package init(parsing bytes: [UInt8]) throws(JSONError) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  var i = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  func fail(_ message: String) -> JSONError {
    let before = bytes.prefix(i)
    let start = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
    return JSONError(line: before.count { $0 == 10 } + 1, column: min(i, bytes.count) - start + 1, message: message)
  }

  var next: UInt8 { i < bytes.count ? bytes[i] : 0 }

  mutating func space() { while i < bytes.count, bytes[i] == 32 || 9...10 ~= bytes[i] || bytes[i] == 13 { i += 1 } }

  mutating func document() throws(JSONError) -> JSON {
    let result = try value(0)
    space()
    if i < bytes.count { throw fail("text after the end of the JSON value") }
    return result
  }

  mutating func value(_ depth: Int) throws(JSONError) -> JSON {
    if depth > JSON.maximumDepth { throw fail("nesting deeper than \(JSON.maximumDepth)") }
    space()
    if i >= bytes.count { throw fail("unexpected end of the file") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth)
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  mutating func word(_ text: String, _ value: JSON) throws(JSONError) -> JSON {
    guard bytes[i...].starts(with: text.utf8) else { throw fail("expected a value") }
    i += text.utf8.count
    return value
  }

  /// A number: a whole one that fits is an integer, but for -0, which keeps its sign.
  mutating func number() throws(JSONError) -> JSON {
    let start = i
    if next == UInt8(ascii: "-") { i += 1 }
    let (first, whole) = (next, i)
    var isRight = digits() && (first != UInt8(ascii: "0") || i == whole + 1)
    var isWhole = true
    if isRight, next == UInt8(ascii: ".") {
      i += 1
      (isRight, isWhole) = (digits(), false)
    }
    if isRight, next | 0x20 == UInt8(ascii: "e") {
      i += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { i += 1 }
      (isRight, isWhole) = (digits(), false)
    }
    if isRight {
      let text = String(decoding: bytes[start..<i], as: UTF8.self)
      if isWhole, text != "-0", let value = Int(text) { return .int(value) }
      if let value = Double(text), value.isFinite { return .double(value) }
    }
    i = start
    throw fail("expected a value")
  }

  /// Takes digits; false where there is none.
  mutating func digits() -> Bool {
    let start = i
    while next >= UInt8(ascii: "0"), next <= UInt8(ascii: "9") { i += 1 }
    return i > start
  }

  mutating func array(_ depth: Int) throws(JSONError) -> JSON {
    i += 1
    var values: [JSON] = []
    space()
    if next == UInt8(ascii: "]") {
      i += 1
      return .array([])
    }
    while true {
      values.append(try value(depth + 1))
      space()
      if next == UInt8(ascii: "]") {
        i += 1
        return .array(values)
      }
      guard next == UInt8(ascii: ",") else { throw fail("expected `,` or `]`") }
      i += 1
    }
  }

  mutating func object(_ depth: Int) throws(JSONError) -> JSON {
    i += 1
    var members: [(key: String, value: JSON)] = []
    var keys: Set<String> = []
    space()
    if next == UInt8(ascii: "}") {
      i += 1
      return .object([])
    }
    while true {
      space()
      guard next == UInt8(ascii: "\"") else { throw fail("expected a key") }
      let start = i
      let key = try string()
      guard keys.insert(key).inserted else {
        i = start
        throw fail("the key `\(key)` occurs twice")
      }
      space()
      guard next == UInt8(ascii: ":") else { throw fail("expected `:`") }
      i += 1
      members.append((key: key, value: try value(depth + 1)))
      space()
      if next == UInt8(ascii: "}") {
        i += 1
        return .object(members)
      }
      guard next == UInt8(ascii: ",") else { throw fail("expected `,` or `}`") }
      i += 1
    }
  }

  mutating func string() throws(JSONError) -> String {
    i += 1
    var text: [UInt8] = []
    var start = i
    while true {
      guard i < bytes.count else { throw fail("the string is not closed") }
      let byte = bytes[i]
      i += 1
      if byte == UInt8(ascii: "\"") { break }
      if byte < 32 { throw fail("a control character in a string") }
      if byte == UInt8(ascii: "\\") {
        text += bytes[start..<i - 1]
        text += String(try escape()).utf8
        start = i
      }
    }
    let rest = bytes[start..<i - 1]
    let result =
      text.isEmpty ? String(validating: rest, as: UTF8.self) : String(validating: text + rest, as: UTF8.self)
    guard let result else { throw fail("invalid UTF-8 in a string") }
    return result
  }

  mutating func escape() throws(JSONError) -> Character {
    let byte = next
    i += 1
    let plain: [UInt8: Character] = [
      0x22: "\"", 0x5C: "\\", 0x2F: "/", 0x62: "\u{8}", 0x66: "\u{C}", 0x6E: "\n", 0x72: "\r", 0x74: "\t",
    ]
    if let character = plain[byte] { return character }
    guard byte == UInt8(ascii: "u") else { throw fail("unknown escape") }
    var code = try hex()
    if (0xD800..<0xDC00).contains(code) {
      guard bytes[min(i, bytes.count)...].starts(with: [0x5C, 0x75]) else { throw fail("a lone surrogate") }
      i += 2
      let low = try hex()
      guard (0xDC00..<0xE000).contains(low) else { throw fail("a lone surrogate") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = UnicodeScalar(code) else { throw fail("a lone surrogate") }
    return Character(scalar)
  }

  mutating func hex() throws(JSONError) -> UInt32 {
    guard i + 4 <= bytes.count else { throw fail("expected four hexadecimal digits") }
    var code: UInt32 = 0
    for byte in bytes[i..<i + 4] {
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
        throw fail("expected four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
    }
    i += 4
    return code
  }
}
