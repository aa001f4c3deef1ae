/// The forms of a table as a file.
package enum TableForm: String, CaseIterable, Sendable {
  case csv, tsv, markdown, latex

  /// The ends of file names that stand for the form, the first being the usual one.
  package var endings: [String] {
    switch self {
    case .csv: ["csv"]
    case .tsv: ["tsv"]
    case .markdown: ["md", "markdown"]
    case .latex: ["tex"]
    }
  }

  /// The form of a file by its name; nil where the ending stands for none.
  package init?(path: String) {
    guard let form = Self.allCases.first(where: { $0.endings.contains { path.lowercased().hasSuffix("." + $0) } })
    else { return nil }
    self = form
  }

  /// The table in this form behind comments, which are lines of text.
  package func text(_ table: Table, comments: [String] = []) -> String {
    switch self {
    case .csv: CSV.text(table, comments)
    case .tsv: TSV.text(table, comments)
    case .markdown: MarkdownTable.text(table, comments)
    case .latex: LaTeXTable.text(table, comments)
    }
  }
}
