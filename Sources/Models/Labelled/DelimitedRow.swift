/// One row of a table, with the places of its fields.
package struct DelimitedRow: Hashable, Sendable {
  package var fields: [[UInt8]] = []
  /// (line, column) of each field's first byte.
  package var places: [Place] = []
  /// The line and the column of a byte, from 1.
  package struct Place: Hashable, Sendable { package let line: Int, column: Int }
}
