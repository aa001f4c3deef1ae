/// Rows of numbers that are written out some at a time, so that they need not all lie in memory. n rows, f columns.
package protocol RowBlocks: Sendable {
  /// n.
  var count: Int { get }
  /// f.
  var columns: Int { get }
  /// Writes some rows to a place for (rows, f) numbers.
  func write(_ rows: Range<Int>, to place: UnsafeMutablePointer<Float>)
}
