/// The measures that this project reports, and their directions.
package enum Metric: String, Sendable, Hashable, Codable, CaseIterable {
  case accuracy, mcc, f1, auroc
  /// F1 of sets: over all decisions together, and the mean over classes.
  case microF1 = "micro-f1"
  case macroF1 = "macro-f1"
  case rmse, r2, pearson, spearman

  /// Whether a larger value is a better one: false for RMSE alone.
  package var higherIsBetter: Bool { self != .rmse }
}

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

/// A value with its 95 % interval; nil where it is not defined.
package struct Estimate: Hashable, Sendable, Codable {
  package let value: Double?
  package let low: Double?
  package let high: Double?

  package init(_ value: Double?, low: Double? = nil, high: Double? = nil) {
    self.value = value
    self.low = low
    self.high = high
  }
}

/// The estimates of one split.
package struct SplitMetrics: Hashable, Sendable, Codable {
  /// One metric and its estimate.
  package struct Entry: Hashable, Sendable, Codable {
    package let metric: Metric
    package let estimate: Estimate
  }

  /// Examples in the split.
  package let rows: Int
  /// In the order of `Metric.allCases`.
  package let entries: [Entry]
  /// (true class, predicted class) counts; nil for a regression.
  package let confusion: [[Int]]?

  init(rows: Int, confusion: [[Int]]?, _ estimates: [(Metric, Estimate)]) {
    self.rows = rows
    self.confusion = confusion
    entries = estimates.map { Entry(metric: $0.0, estimate: $0.1) }
  }

  /// The estimate of a metric, or nil if it was not measured.
  package subscript(metric: Metric) -> Estimate? { entries.first { $0.metric == metric }?.estimate }
}

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
}
