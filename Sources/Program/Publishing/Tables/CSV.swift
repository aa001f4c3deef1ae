import System

/// Rows of a table as RFC 4180 has them, in UTF-8.
enum CSV {
  /// One row, its end included.
  static func row(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\r\n" }

  /// A cell, between quotes where it needs them. A text that a spreadsheet would take for a formula has an apostrophe
  /// before it; numbers are as they are.
  static func cell(_ text: String) -> String {
    let plain = ControlCharacters.escaped(text)
    let guarded = isFormula(plain) ? "'" + plain : plain
    let isQuoted =
      guarded.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D } || guarded.hasPrefix(" ")
      || guarded.hasSuffix(" ")
    return isQuoted ? "\"" + guarded.replacing("\"", with: "\"\"") + "\"" : guarded
  }

  /// Whether a spreadsheet computes with the text: beginnings by OWASP's list.
  private static func isFormula(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first(where: { $0 != " " }),
      "=+-@\t\r\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains(first)
    else { return false }
    let isNumeral = text.utf8.allSatisfy { (48...57).contains($0) || "+-.eE".utf8.contains($0) }
    return !(isNumeral && Double(text) != nil)
  }
}
