/// Rows of `KmerVectors` written out, without words at their places: a column for each k-mer that train has. n rows, f
/// columns.
///
/// A k-mer and its complement, where both strands count, have one value and are one column, sqrt(2) times as large, so
/// that inner products are those of the vectors.
package struct KmerTable: Sendable {
  private let rows: KmerRows
  /// By column of the vectors: the column here, or -1.
  private let places: [Int32]
  /// (f): the number for one k-mer, before the vector has length 1.
  private let factors: [Double]

  /// n.
  package var count: Int { rows.count }
  /// f.
  package var columns: Int { factors.count }

  package init(_ rows: KmerRows) {
    self.rows = rows
    (places, factors) = rows.vectors.table
  }

  /// Writes some rows to a place for (rows, f) numbers.
  package func write(_ range: Range<Int>, to place: UnsafeMutablePointer<Float>) {
    place.update(repeating: 0, count: range.count * columns)
    for row in range {
      let own = place + (row - range.lowerBound) * columns
      rows.forEachKmer(of: row) { column in
        let column = places[column]
        if column >= 0 { own[Int(column)] += 1 }
      }
      let scale = rows.scale(of: row)
      for column in 0..<columns where own[column] > 0 {
        own[column] = Float(Double(own[column]) * factors[column] * scale)
      }
    }
  }
}
