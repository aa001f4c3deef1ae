/// One row of a table, with where it and each of its fields start.
package struct DelimitedRow: Hashable, Sendable {
  package var fields: [[UInt8]] = []
  /// (line, column) of each field's first byte.
  package var places: [Place] = []
  package struct Place: Hashable, Sendable { package let line: Int, column: Int }
}
