/// Rows in aligned columns, folded where they are wider than the terminal.
///
/// A table that is too wide is shown as several, one below the other, each with the key columns and as many others as
/// fit; a cell that is too wide by itself goes on in further lines.
package struct Table {
  package let columns: [String]
  package private(set) var rows: [[String]]
  /// Columns of numbers, aligned at the right.
  private let numeric: Set<Int>
  /// The number of first columns that tell the subject of a row.
  let keys: Int
  /// Columns before which the table may be folded.
  let groups: [Int]

  /// - Parameters:
  ///   - keys: so many first columns are shown again wherever the table is folded.
  ///   - groups: the columns before which the table may be folded; nil: any.
  package init(
    _ columns: [String], numeric: Set<Int> = [], keys: Int = 1, groups: [Int]? = nil, rows: [[String]] = []
  ) {
    self.columns = columns
    self.numeric = numeric
    self.keys = min(keys, columns.count)
    self.groups = (groups ?? Array(self.keys..<columns.count)).filter { $0 > 0 && $0 < columns.count }
    self.rows = rows
  }

  /// Adds a row, a cell for each column.
  package mutating func add(_ row: [String]) { rows.append(row) }

  /// The text, at most `width` columns wide where that can be; it has the first `limit` rows, or all.
  package func text(width: Int, limit: Int? = nil) -> String {
    var shown = self
    if let limit { shown.rows = Array(rows.prefix(limit)) }
    return shown.blocks(width).map { columns in shown.text(columns, width) }.joined(separator: "\n\n")
  }

  /// The columns of each of the tables that are shown.
  private func blocks(_ width: Int) -> [[Int]] {
    let all = Array(columns.indices)
    guard self.width(of: all) > width else { return [all] }
    let starts = [keys] + groups.filter { $0 > keys } + [columns.count]
    let parts = zip(starts, starts.dropFirst()).map { Array($0..<$1) }.filter { !$0.isEmpty }
    var blocks: [[Int]] = []
    for part in parts {
      if let last = blocks.last, self.width(of: last + part) <= width {
        blocks[blocks.count - 1] += part
      } else {
        blocks.append(Array(0..<keys) + part)
      }
    }
    return blocks
  }

  private func width(_ column: Int) -> Int { ([columns] + rows).map { $0[column].count }.max() ?? 0 }

  private func width(of columns: [Int]) -> Int { columns.map(width).reduce(0, +) + 2 * (columns.count - 1) }

  private func text(_ shown: [Int], _ width: Int) -> String {
    var widths = Dictionary(uniqueKeysWithValues: shown.map { ($0, self.width($0)) })
    let excess = self.width(of: shown) - width
    if excess > 0, let widest = shown.filter({ !numeric.contains($0) }).max(by: { widths[$0]! < widths[$1]! }) {
      widths[widest] = max(Self.narrowest, widths[widest]! - excess)
    }
    return ([columns] + rows).flatMap { row -> [String] in
      let cells = shown.map { Self.lines(row[$0], widths[$0]!) }
      return (0..<(cells.map(\.count).max() ?? 0)).map { line in
        let parts = zip(shown, cells).map { column, lines in
          let cell = line < lines.count ? lines[line] : ""
          let fill = String(repeating: " ", count: max(0, widths[column]! - cell.count))
          return numeric.contains(column) ? fill + cell : cell + fill
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
