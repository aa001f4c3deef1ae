/// The rows of a table that are read: those whose text in a column is one of some.
package struct RowFilter: Hashable, Sendable {
  /// A column by name or number.
  package let column: String
  /// At least one.
  package let values: [String]

  package init(column: String, values: [String]) {
    self.column = column
    self.values = values
  }

  /// The values as a message lists them.
  var list: String { values.map { "`\($0)`" }.joined(separator: ", ") }
}
