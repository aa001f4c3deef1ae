/// Rows of numbers in memory. n rows, f columns.
package struct FloatRows: RowBlocks {
  /// f.
  package let columns: Int
  /// (n, f).
  package let values: [Float]

  package var count: Int { values.count / columns }

  /// `values` are (n, f), row by row.
  package init(_ values: [Float], columns: Int) {
    precondition(columns > 0 && values.count % columns == 0, "\(values.count) values in \(columns) columns")
    self.columns = columns
    self.values = values
  }

  package func write(_ rows: Range<Int>, to place: UnsafeMutablePointer<Float>) {
    values.withUnsafeBufferPointer {
      place.update(from: $0.baseAddress! + rows.lowerBound * columns, count: rows.count * columns)
    }
  }
}
