import JSON
import System

/// Rows of a table as RFC 4180 has them, in UTF-8.
package enum CSV {
  /// One row, its end included.
  package static func row(_ cells: [String]) -> String { line(cells.map(cell)) }

  /// A text as a cell: guarded, and between quotes where it needs them.
  package static func cell(_ text: String) -> String { quoted(guarded(ControlCharacters.escaped(text))) }

  /// The exact values of a table.
  static func text(_ table: Table, _ comments: [String]) -> String {
    let fields = table.fields
    let rows = table.cells.indices.map { row in line(fields.map { value($0.values[row], cell) }) }
    return comments.map { "# \(comment($0))\r\n" }.joined() + row(fields.map(\.name)) + rows.joined()
  }

  /// A lone empty cell has quotes: readers leave out an empty line.
  private static func line(_ cells: [String]) -> String {
    (cells == [""] ? "\"\"" : cells.joined(separator: ",")) + "\r\n"
  }

  /// A value as it stands in a file of data: a number by its shortest exact digits, nothing for null.
  static func value(_ value: JSON, _ cell: (String) -> String) -> String {
    switch value {
    case .null: ""
    case .string(let text): cell(text)
    case .double(let number) where !number.isFinite: "\(number)"
    default: value.line
    }
  }

  /// A comment in one line, none of whose parts between delimiters is a formula.
  static func comment(_ text: String) -> String {
    var parts: [Substring] = [""]
    for letter in ControlCharacters.escaped(text) {
      parts[parts.count - 1].append(letter.isNewline || letter == "\t" ? " " : letter)
      if ",;".contains(letter) { parts.append("") }
    }
    return parts.map { guarded(String($0)) }.joined()
  }

  /// A text that a spreadsheet would take for a formula has an apostrophe before it; numerals are as they are.
  static func guarded(_ text: String) -> String { isFormula(text) ? "'" + text : text }

  /// Between quotes where a reader would take a letter for more than itself; `#` begins a comment.
  static func quoted(_ text: String) -> String {
    let isPlain = !text.utf8.contains { [0x22, 0x23, 0x2C, 0x0A, 0x0D].contains($0) }
    return isPlain && !text.hasPrefix(" ") && !text.hasSuffix(" ")
      ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
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
