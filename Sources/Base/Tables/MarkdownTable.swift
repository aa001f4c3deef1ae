import System

/// A table with pipes, as GitHub's Markdown has it, of the texts that are shown.
package enum MarkdownTable {
  static func text(_ table: Table, _ comments: [String]) -> String {
    let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |\n" }
    let rule = table.columns.indices.map { table.numeric.contains($0) ? "---:" : "---" }
    // A comment begins a block of its own, which ends with it.
    return comments.map { "<!-- \(comment($0)) -->\n" }.joined() + (comments.isEmpty ? "" : "\n")
      + line(table.columns.map(cell)) + line(rule) + table.rows.map { line($0.map(cell)) }.joined()
  }

  /// A text as a cell: in one line, and none of its letters is markup.
  package static func cell(_ text: String) -> String {
    var result = ""
    for letter in ControlCharacters.escaped(text) {
      if letter.isNewline || letter == "\t" {
        result += " "
      } else {
        result += "\\`*_[]<>&|~$".contains(letter) ? "\\\(letter)" : "\(letter)"
      }
    }
    return result
  }

  /// A comment that ends where it is meant to.
  private static func comment(_ text: String) -> String {
    String(ControlCharacters.escaped(text).map { $0.isNewline || $0 == "\t" ? " " : $0 })
      .replacing("--", with: "-\u{2010}").replacing(">", with: "&gt;")
  }
}
