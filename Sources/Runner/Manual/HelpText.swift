/// The reference of a stage or a format as text.
enum HelpText {
  struct Row {
    let name: String
    /// One sentence or more.
    let help: String
    /// The values and the default, in parentheses.
    let facts: String
  }

  /// A page, at most 100 columns wide where words allow; ends with a line break. A section may have sentences before
  /// its rows.
  static func page(
    _ name: String, _ summary: String, _ sections: [(heading: String, text: String, rows: [Row])], example: String,
    color: Bool
  ) -> String {
    let title = { (text: String) in color ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    var lines = ["\(title(name))\(summary)"]
    for (heading, text, rows) in sections where !rows.isEmpty {
      lines += ["", title(heading)] + wrap(text, width: 98).map { "  " + $0 }
      let width = rows.map { $0.name.count }.max() ?? 0
      for row in rows {
        let indent = String(repeating: " ", count: width + 4)
        let first = "  " + row.name + String(repeating: " ", count: width - row.name.count + 2)
        let wrapped = wrap(row.help, width: 100 - indent.count) + wrap(row.facts, width: 100 - indent.count)
        lines.append(first + (wrapped.first ?? ""))
        lines += wrapped.dropFirst().map { indent + $0 }
      }
    }
    if !example.isEmpty {
      lines += ["", title("Example")]
      lines += example.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  " + $0 }
    }
    while lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Lines of whole words.
  private static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
