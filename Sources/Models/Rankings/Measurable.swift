/// The predictions of a model on labelled rows, to be measured.
package protocol Measurable {
  /// The measures that `metrics` gives, in the order of `Metric.allCases`.
  static var measures: [Metric] { get }
  /// One metric without its interval; nil where it is not defined or not measured.
  func value(of metric: Metric) -> Double?
  /// All metrics with their 95 % intervals.
  func metrics(resamples: Int, seed: Int) -> SplitMetrics
}

extension Measurable {
  /// All metrics, with the default number of resamples and the seed 0.
  package func metrics() -> SplitMetrics { metrics(resamples: Bootstrap.defaultResamples, seed: 0) }
}
