/// Text from outside in HTML, XML and SVG: the one place where it is escaped.
package enum Markup {
  /// The text for an element or an attribute in quotes.
  ///
  /// `& < > " '` become entities. Control characters but tabs and line ends, which XML forbids, are left out; those
  /// that turn the direction of writing around, by which a text can look like another, are shown as `[U+202E]`.
  package static func escaped(_ text: String) -> String { written(text, asMarkup: true) }

  /// The text without the characters that `escaped` leaves out, those that turn writing around shown: for a script,
  /// which takes text as text.
  package static func plain(_ text: String) -> String { written(text, asMarkup: false) }

  private static func written(_ text: String, asMarkup: Bool) -> String {
    guard text.utf8.contains(where: isSpecial) else { return text }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + text.utf8.count / 4)
    for scalar in text.unicodeScalars {
      if asMarkup, let entity = entity(scalar) { bytes += entity.utf8 } else { append(scalar, to: &bytes) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func entity(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    case "\"": "&quot;"
    case "'": "&#39;"
    default: nil
    }
  }

  /// Bytes that may begin a character which is not shown as it is.
  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
      || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }

  private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    switch scalar.value {
    case 0x09, 0x0A: bytes.append(UInt8(scalar.value))
    case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: break
    case 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069:
      bytes += "[U+\(String(scalar.value, radix: 16, uppercase: true))]".utf8
    default: bytes += UTF8.encode(scalar)!
    }
  }
}
