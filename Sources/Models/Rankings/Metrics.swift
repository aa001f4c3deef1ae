/// The results of one fine-tuned candidate on one task, with the metric that ranks it named.
package struct Metrics: Hashable, Sendable, Codable {
  /// The metric that a ranking reads.
  package let primary: Metric
  package let higherIsBetter: Bool
  /// The split on which choices are made.
  package let dev: SplitMetrics
  /// The split that is only ever reported.
  package let test: SplitMetrics

  package init(primary: Metric, dev: SplitMetrics, test: SplitMetrics) {
    self.primary = primary
    higherIsBetter = primary.higherIsBetter
    self.dev = dev
    self.test = test
  }

  /// The splits that are measured.
  package enum Split: String, CaseIterable, Sendable { case dev, test }

  package subscript(split: Split) -> SplitMetrics { split == .dev ? dev : test }
}
