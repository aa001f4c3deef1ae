/// Rows in aligned columns, folded where they are wider than the terminal.
///
/// A table that is too wide is shown as several, one below the other, each with the key columns and as many others as
/// fit; a cell that is too wide by itself goes on in further lines.
package struct Table: Sendable {
  package let columns: [String]
  package private(set) var cells: [[TableCell]]
  /// The name among the tables of one result; empty for the first.
  package let name: String
  /// Columns of numbers, aligned at the right.
  let numeric: Set<Int>
  /// The number of first columns that tell the subject of a row.
  let keys: Int
  /// Columns before which the table may be folded.
  let groups: [Int]
  /// Names of columns in files, where they are not their headings.
  let named: [Int: String]
  /// First rows that are shown; nil: all.
  private let most: Int?
  /// Rows of the result that are no cells of the table.
  package let leftOut: Int

  /// - Parameters:
  ///   - keys: so many first columns are shown again wherever the table is folded.
  ///   - groups: the columns before which the table may be folded; nil: any.
  package init(
    _ columns: [String], name: String = "", numeric: Set<Int> = [], keys: Int = 1, groups: [Int]? = nil,
    named: [Int: String] = [:], most: Int? = nil, leftOut: Int = 0, cells: [[TableCell]]
  ) {
    self.columns = columns
    self.cells = cells
    self.name = name
    self.numeric = numeric
    self.keys = min(keys, columns.count)
    self.groups = (groups ?? Array(self.keys..<columns.count)).filter { $0 > 0 && $0 < columns.count }
    (self.named, self.most, self.leftOut) = (named, most, leftOut)
  }

  /// A table whose cells are texts alone.
  package init(
    _ columns: [String], name: String = "", numeric: Set<Int> = [], keys: Int = 1, groups: [Int]? = nil,
    named: [Int: String] = [:], leftOut: Int = 0, rows: [[String]] = []
  ) {
    self.init(
      columns, name: name, numeric: numeric, keys: keys, groups: groups, named: named, leftOut: leftOut,
      cells: rows.map { $0.map(TableCell.text) })
  }

  /// Whether a column is one of numbers.
  package func isNumeric(_ column: Int) -> Bool { numeric.contains(column) }

  /// Adds a row, a text for each column.
  package mutating func add(_ row: [String]) { cells.append(row.map(TableCell.text)) }

  /// The texts of the cells.
  package var rows: [[String]] { cells.map { $0.map(\.text) } }

  /// The number of rows that `text` shows of a table without a limit.
  package var shownCount: Int { min(most ?? cells.count, cells.count) }

  /// The text, at most `width` columns wide where that can be; it has the first `limit` rows, or all that are shown.
  package func text(width: Int, limit: Int? = nil) -> String {
    let rows = cells.prefix(min(limit ?? shownCount, shownCount)).map { $0.map(\.text) }
    return TableText(self, [columns] + rows).text(width: width)
  }
}
