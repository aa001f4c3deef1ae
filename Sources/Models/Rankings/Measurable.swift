/// The predictions of a model on labelled rows, to be measured. n rows.
package protocol Measurable: Sendable {
  /// The measures over all rows, in the order of `Metric.allCases`.
  static var measures: [Metric] { get }
  /// The measures of one class; none where there are no classes, or too many to look at.
  var classMeasures: [Metric] { get }
  /// Classes that have measures of their own: 0 without `classMeasures`.
  var measuredClasses: Int { get }
  /// n.
  var rows: Int { get }
  /// Computes, for the number of times that each row (n) counts, `measures`, then `classMeasures` of each class; nil
  /// where one is not defined. All that depends on no weights is done once.
  func prepared() -> (_ weights: [Int32]) -> [Double?]
  /// One of `measures` alone, with all that depends on no weights done; nil everywhere for another metric.
  func prepared(_ metric: Metric) -> WeightedMeasure
  /// The interval of a measure that has a better one than resamples give.
  func exactInterval(of metric: Metric) -> Estimate?
  /// (true class, predicted class) counts, where there are classes.
  var confusion: [[Int]]? { get }
}

extension Measurable {
  package var classMeasures: [Metric] { [] }
  package var measuredClasses: Int { 0 }
  package func exactInterval(of metric: Metric) -> Estimate? { nil }
  package var confusion: [[Int]]? { nil }

  private var ones: [Int32] { [Int32](repeating: 1, count: rows) }

  /// One metric without its interval; nil where it is not defined or not measured.
  package func value(of metric: Metric) -> Double? {
    prepared(metric)(ones)
  }

  /// All metrics with their 95 % intervals: percentile bootstrap over rows (Efron 1979), but where `exactInterval` says
  /// another. A resample on which a metric is not defined, as an AUROC of one class alone, is left out of its interval;
  /// no interval is given when more than half are.
  ///
  /// - Parameter partners: the sequences of rows that are pairs; intervals are then by resamples of sequences alone.
  package func metrics(
    _ partners: Partners? = nil, resamples: Int = Bootstrap.defaultResamples, seed: Int = 0
  ) -> SplitMetrics {
    let prepared = prepared()
    let values = prepared(ones)
    var samples = [[Double]](repeating: [], count: values.count)
    if rows > 0 {
      Bootstrap(rows: rows, partners: partners, resamples: resamples, seed: seed).forEach { weights in
        for (index, value) in prepared(weights).enumerated() { if let value { samples[index].append(value) } }
      }
    }
    let estimates = zip(values, samples).map { Bootstrap.estimate($0, $1, of: resamples) }
    let overall = zip(Self.measures, estimates).map { metric, estimate in
      let exact = exactInterval(of: metric)
      guard partners != nil else { return (metric, exact ?? estimate) }
      // Resamples of rows that are all right are all right too: the interval is the wider of both.
      return (metric, exact.map { $0.isWider(than: estimate) ? $0 : estimate } ?? estimate)
    }
    let byClass = (0..<measuredClasses).map { number in
      Array(zip(classMeasures, estimates.dropFirst(Self.measures.count + number * classMeasures.count)))
    }
    return SplitMetrics(rows: rows, sequences: partners?.count, confusion: confusion, overall, byClass: byClass)
  }
}
