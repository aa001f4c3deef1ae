/// The letters of a table: its lines, folded where they are wider than there is room.
struct TableText {
  private let table: Table
  /// The headings, then the rows.
  private let lines: [[String]]
  /// The letters of the widest text of each column.
  private let widths: [Int]

  init(_ table: Table, _ lines: [[String]]) {
    (self.table, self.lines) = (table, lines)
    widths = table.columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
  }

  func text(width: Int) -> String {
    blocks(width).map { text($0, width) }.joined(separator: "\n\n")
  }

  /// The columns of each of the tables that are shown.
  private func blocks(_ width: Int) -> [[Int]] {
    let all = Array(table.columns.indices)
    guard self.width(of: all) > width else { return [all] }
    let starts = [table.keys] + table.groups.filter { $0 > table.keys } + [all.count]
    let parts = zip(starts, starts.dropFirst()).map { Array($0..<$1) }.filter { !$0.isEmpty }
    var blocks: [[Int]] = []
    for part in parts {
      if let last = blocks.last, self.width(of: last + part) <= width {
        blocks[blocks.count - 1] += part
      } else {
        blocks.append(Array(0..<table.keys) + part)
      }
    }
    return blocks
  }

  private func width(of columns: [Int]) -> Int {
    columns.map { widths[$0] }.reduce(0, +) + 2 * (columns.count - 1)
  }

  private func text(_ shown: [Int], _ width: Int) -> String {
    var widths = self.widths
    let excess = self.width(of: shown) - width
    if excess > 0, let widest = shown.filter({ !table.numeric.contains($0) }).max(by: { widths[$0] < widths[$1] }) {
      widths[widest] = max(Self.narrowest, widths[widest] - excess)
    }
    return lines.flatMap { row -> [String] in
      let cells = shown.map { Self.lines(row[$0], widths[$0]) }
      return (0..<(cells.map(\.count).max() ?? 0)).map { line in
        let parts = zip(shown, cells).map { column, lines in
          let cell = line < lines.count ? lines[line] : ""
          let fill = String(repeating: " ", count: max(0, widths[column] - cell.count))
          return table.numeric.contains(column) ? fill + cell : cell + fill
        }
        return String(parts.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
      }
    }.joined(separator: "\n")
  }

  /// Letters that a cell has in any case.
  private static let narrowest = 12

  /// A cell in lines of a width, broken behind a space or a sign where there is one in the second half of a line.
  private static func lines(_ cell: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var rest = cell[...]
    while rest.count > width {
      let head = rest.prefix(width)
      let half = head.index(head.startIndex, offsetBy: width / 2)
      let end = head[half...].lastIndex { " ,;-=/".contains($0) }.map(head.index(after:)) ?? head.endIndex
      lines.append(String(rest[..<end]))
      rest = rest[end...]
    }
    return lines + [String(rest)]
  }
}
