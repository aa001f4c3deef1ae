import System

/// Rows of a table with tabs between cells. Tabs, line ends and backslashes in texts are escaped, so that each row is
/// a line; quotes are as in CSV, for most readers know them.
enum TSV {
  /// The exact values of a table.
  static func text(_ table: Table, _ comments: [String]) -> String {
    let fields = table.fields
    let rows = table.cells.indices.map { row in line(fields.map { CSV.value($0.values[row], cell) }) }
    return comments.map { "# \(CSV.comment($0))\n" }.joined() + line(fields.map { cell($0.name) }) + rows.joined()
  }

  private static func line(_ cells: [String]) -> String {
    (cells == [""] ? "\"\"" : cells.joined(separator: "\t")) + "\n"
  }

  /// A text as a cell.
  static func cell(_ text: String) -> String {
    var plain = CSV.guarded(text).replacing("\\", with: "\\\\")
    for (letter, name) in [("\r\n", "\\r\\n"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")] {
      plain = plain.replacing(letter, with: name)
    }
    return CSV.quoted(ControlCharacters.escaped(plain))
  }
}
