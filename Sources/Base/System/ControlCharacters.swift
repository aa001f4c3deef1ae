/// Control characters in text from outside: a terminal takes them for orders, and some turn the text behind them.
package enum ControlCharacters {
  /// The text with control characters as `\u001b`, line ends and tabs excepted.
  ///
  /// With `keepingStyles` the sequences stay that set a style, which are this program's own.
  package static func escaped(_ text: String, keepingStyles: Bool = false) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = String.UnicodeScalarView()
    var rest = Substring(text).unicodeScalars
    while let scalar = rest.popFirst() {
      if scalar == "\u{1B}", keepingStyles, let style = style(rest) {
        result.append(scalar)
        result.append(contentsOf: style)
        rest.removeFirst(style.count)
      } else if isControl(scalar) {
        let digits = String(scalar.value, radix: 16)
        result.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// C0, DEL and C1; ends of lines and paragraphs, and what sets the direction of writing.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// The rest of a sequence that sets a style, as `[1m`, behind its escape character.
  private static func style(_ rest: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView? {
    guard rest.first == "[", let end = rest.prefix(9).firstIndex(of: "m"),
      ["0", "1", "31", "1;31", "1;32", "1;35", "1;36"].contains(String(rest[..<end].dropFirst()))
    else { return nil }
    return rest[...end]
  }
}
