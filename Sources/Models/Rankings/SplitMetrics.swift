/// The estimates of one split.
package struct SplitMetrics: Hashable, Sendable, Codable {
  /// One metric and its estimate.
  package struct Entry: Hashable, Sendable, Codable {
    package let metric: Metric
    package let estimate: Estimate
  }

  /// Examples in the split.
  package let rows: Int
  /// Different sequences of examples that are pairs, by which the intervals are; nil for others.
  package let sequences: Int?
  /// In the order of `Metric.allCases`.
  package let entries: [Entry]
  /// (true class, predicted class) counts; nil for a regression, and for more than 64 classes.
  package let confusion: [[Int]]?
  /// By class, its own measures; nil where there are none, and in older documents.
  package let byClass: [[Entry]]?

  init(
    rows: Int, sequences: Int? = nil, confusion: [[Int]]?, _ estimates: [(Metric, Estimate)],
    byClass: [[(Metric, Estimate)]] = []
  ) {
    self.rows = rows
    self.sequences = sequences
    self.confusion = confusion
    entries = estimates.map { Entry(metric: $0.0, estimate: $0.1) }
    self.byClass = byClass.isEmpty ? nil : byClass.map { $0.map { Entry(metric: $0.0, estimate: $0.1) } }
  }

  /// The estimate of a metric, or nil if it was not measured.
  package subscript(metric: Metric) -> Estimate? { entries.first { $0.metric == metric }?.estimate }
}
