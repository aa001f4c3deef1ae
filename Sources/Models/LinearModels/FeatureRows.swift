/// A matrix X of rows of features, as a linear model needs it: products with weights, and of its transpose. n rows, f
/// features, m outputs.
///
/// Both products go through a table, which is computed once from the weights of all features, or summed over rows: what
/// is cheaper to look up than the features themselves.
package protocol FeatureRows: Sendable {
  /// n.
  var count: Int { get }
  /// f.
  var features: Int { get }
  /// Numbers of a table for each output.
  var entries: Int { get }

  /// The table (entries, m) of weights (f, m).
  func fill(_ table: UnsafeMutablePointer<Double>, _ weights: UnsafePointer<Double>, outputs: Int)
  /// Adds X W to `products` (n, m), for some rows.
  func multiply(
    _ rows: Range<Int>, _ table: UnsafePointer<Double>, outputs: Int, addingTo products: UnsafeMutablePointer<Double>)
  /// Adds to a table what some rows with these numbers (n, m) give to X^T R.
  func transposed(
    _ rows: Range<Int>, _ numbers: UnsafePointer<Double>, outputs: Int, addingTo table: UnsafeMutablePointer<Double>)
  /// X^T R (f, m), from the table that all rows were added to; the table is overwritten.
  func empty(_ table: UnsafeMutablePointer<Double>, into product: UnsafeMutablePointer<Double>, outputs: Int)
}
