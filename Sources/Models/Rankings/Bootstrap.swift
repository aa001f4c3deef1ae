import Randomness

/// Resamples of rows with replacement (Efron 1979), each a pure function of (rows, its number, seed): models on the
/// same rows are measured on the same resamples, and so in pairs. Rows that are pairs of sequences are resampled by
/// sequences.
package struct Bootstrap: Sendable {
  /// 2,000: the 2.5 % quantile then rests on 50 resamples.
  package static let defaultResamples = 2_000

  let rows: Int
  package let resamples: Int
  private let partners: Partners?
  private let random: Philox

  /// - Parameter partners: the sequences of rows that are pairs.
  package init(rows: Int, partners: Partners? = nil, resamples: Int = defaultResamples, seed: Int = 0) {
    self.rows = rows
    self.partners = partners
    self.resamples = resamples
    random = Philox(seed: seed, stream: .bootstrap)
  }

  /// Measures on some of the resamples: a row for each measure, of a value for each resample.
  package func values(of measures: [WeightedMeasure], on part: Range<Int>) -> [[Double?]] {
    var values = [[Double?]](repeating: [], count: measures.count)
    forEach(in: part) { weights in
      for (index, measure) in measures.enumerated() { values[index].append(measure(weights)) }
    }
    return values
  }

  /// Calls `body` with the number of times that each row occurs in a resample, for some of them or all.
  ///
  /// Draws 4j ..< 4j + 4 of resample r are the four words at counter (r, j), scaled to 0 ..< n, the number of rows, or
  /// of sequences.
  func forEach(in part: Range<Int>? = nil, _ body: ([Int32]) -> Void) {
    let count = partners?.count ?? rows
    for resample in part ?? 0..<resamples {
      var drawn = [Int32](repeating: 0, count: count)
      for first in stride(from: 0, to: count, by: 4) {
        let words = random.words(resample, first / 4)
        for lane in 0..<min(4, count - first) {
          drawn[Int((UInt64(words[lane]) * UInt64(count)) >> 32)] += 1
        }
      }
      body(partners?.weights(drawn) ?? drawn)
    }
  }

  /// The means of measures of rows, with percentile intervals: a list for each measure, with a value for each row or
  /// nil for a row that it is not defined for. A mean is not defined where no row is; that of one row has no interval.
  package static func means(of measures: [[Double?]], resamples: Int = defaultResamples, seed: Int = 0) -> [Estimate] {
    guard let rows = measures.first?.count, rows > 0 else { return measures.map { _ in Estimate(nil) } }
    let weighted = measures.map { values -> WeightedMeasure in
      { weights in
        var (sum, count) = (0.0, 0)
        for (row, value) in values.enumerated() {
          guard let value, weights[row] > 0 else { continue }
          sum += Double(weights[row]) * value
          count += Int(weights[row])
        }
        return count > 0 ? sum / Double(count) : nil
      }
    }
    let samples = Bootstrap(rows: rows, resamples: resamples, seed: seed).values(of: weighted, on: 0..<resamples)
    let once = [Int32](repeating: 1, count: rows)
    return measures.indices.map { index in
      let isOfSeveral = measures[index].count { $0 != nil } > 1
      return estimate(weighted[index](once), isOfSeveral ? samples[index].compactMap(\.self) : [], of: resamples)
    }
  }

  /// `value` with the percentile interval of its resampled values; without one when fewer than half of them are
  /// defined.
  package static func estimate(_ value: Double?, _ sample: [Double], of resamples: Int) -> Estimate {
    guard let value, !sample.isEmpty, 2 * sample.count >= resamples else { return Estimate(value) }
    let sorted = sample.sorted()
    return Estimate(value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975))
  }

  /// The quantile of ascending values, linear between them (type 7 of Hyndman and Fan 1996).
  static func quantile(_ sorted: [Double], _ fraction: Double) -> Double {
    let place = fraction * Double(sorted.count - 1)
    let lower = Int(place)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
  }
}
