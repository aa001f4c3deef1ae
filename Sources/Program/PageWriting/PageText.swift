import Figures
import Tables
import Wording

/// The summary of a page as text for a terminal.
package enum PageText {
  /// The first section whole, then a line for each other.
  package static func summary(_ page: Page) -> String {
    var lines = ["\(page.title): \(page.state)"]
    guard let first = page.sections.first else { return lines[0] }
    for block in first.blocks { lines += self.lines(block) }
    lines.append("")
    lines += page.sections.dropFirst().map { "\($0.title): \(contents($0))" }
    return lines.joined(separator: "\n")
  }

  private static func lines(_ block: Block) -> [String] {
    switch block {
    case .lines(let lines): lines
    case .notes(let title, let lines): [title] + lines
    case .headline(let value, let words): ["\(value): \(words)"]
    case .facts(let facts): facts.map { "  \($0.name): \($0.value)" }
    case .figure(let drawing): [drawing.title]
    case .table(let title, let table): [title, table.text(width: 100, limit: 20)]
    case .rows(let rows): [rows.title]
    case .text(let title, _): [title]
    }
  }

  /// The content of a section in a few words: its only line where it has nothing.
  private static func contents(_ section: Section) -> String {
    if section.blocks.count == 1, case .lines(let lines) = section.blocks[0] { return lines.joined(separator: " ") }
    let parts = section.blocks.compactMap { block in
      switch block {
      case .figure(let drawing): drawing.title
      case .table(let title, _): title
      case .rows(let rows): rows.title
      default: nil
      }
    }
    return parts.isEmpty ? Words.count(section.blocks.count, "part") : parts.joined(separator: "; ")
  }
}
