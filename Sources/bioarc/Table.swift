import Artifacts

/// Rows in aligned columns.
struct Table {
  private let header: [String]
  private var rows: [[String]] = []
  /// Columns of numbers, aligned at the right.
  private let right: Set<Int>

  init(_ header: [String], right: Set<Int> = []) {
    self.header = header
    self.right = right
  }

  mutating func add(_ row: [String]) { rows.append(row) }

  var text: String {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.indices.map { column in
        let fill = String(repeating: " ", count: widths[column] - row[column].count)
        return right.contains(column) ? fill + row[column] : row[column] + fill
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}
