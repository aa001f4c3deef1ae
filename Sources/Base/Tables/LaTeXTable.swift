import System

/// A `tabular` with the rules of booktabs, of the texts that are shown.
enum LaTeXTable {
  static func text(_ table: Table, _ comments: [String]) -> String {
    let columns = String(table.columns.indices.map { table.numeric.contains($0) ? "r" : "l" })
    let rows = table.cells.map { line($0.map(cell)) }
    return (comments + ["needs \\usepackage{booktabs}"]).map { "% \(comment($0))\n" }.joined()
      + "\\begin{tabular}{\(columns)}\n\\toprule\n" + line(table.columns.map(escaped)) + "\\midrule\n" + rows.joined()
      + "\\bottomrule\n\\end{tabular}\n"
  }

  /// A row. Braces before a bracket or a star keep the row's end before it from taking it for an argument.
  private static func line(_ cells: [String]) -> String {
    let isArgument = cells.first?.first.map { "[*".contains($0) } ?? false
    return (isArgument ? "{}" : "") + cells.joined(separator: " & ") + " \\\\\n"
  }

  /// A number has a minus for its hyphen.
  private static func cell(_ cell: TableCell) -> String {
    if case .text = cell.content { return escaped(cell.text) }
    let parts = cell.text.split(separator: " ", omittingEmptySubsequences: false).map { part in
      let sign = part.firstIndex(of: "-").flatMap { part[..<$0].allSatisfy { $0 == "(" } ? $0 : nil }
      guard let sign, part[sign...].dropFirst().first?.isNumber == true else { return escaped(String(part)) }
      return part[..<sign] + "$-$" + escaped(String(part[part.index(after: sign)...]))
    }
    return parts.joined(separator: " ")
  }

  /// A text of which no letter is an order, and no two are joined.
  static func escaped(_ text: String) -> String {
    var result = ""
    for letter in ControlCharacters.escaped(text) {
      switch letter {
      case "\\": result += "\\textbackslash{}"
      case "{", "}", "_", "&", "%", "#", "$": result += "\\\(letter)"
      case "~": result += "\\textasciitilde{}"
      case "^": result += "\\textasciicircum{}"
      case "<": result += "\\textless{}"
      case ">": result += "\\textgreater{}"
      case "|": result += "\\textbar{}"
      case "\"": result += "{\\char34}"
      case "-": result += result.hasSuffix("-") ? "{}-" : "-"
      case _ where letter.isNewline || letter == "\t": result += " "
      default: result.append(letter)
      }
    }
    return result
  }

  private static func comment(_ text: String) -> String {
    String(ControlCharacters.escaped(text).map { $0.isNewline ? " " : $0 })
  }
}
