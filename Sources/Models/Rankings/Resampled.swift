/// A metric on resamples of a split's rows. Two that have the same rows are paired.
package struct Resampled: Hashable, Sendable {
  /// Stands for the rows and their labels.
  package let rows: String
  /// By resample; nil where the metric is not defined.
  package let values: [Double?]

  package init(rows: String, values: [Double?]) {
    self.rows = rows
    self.values = values
  }
}
