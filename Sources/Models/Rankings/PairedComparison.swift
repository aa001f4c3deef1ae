import Glibc
import Randomness

/// Compares candidates with the first of a ranking on the same rows, by a paired bootstrap (Efron and Tibshirani 1993).
///
/// The difference of two scores is D = 1/|T| * sum over tasks t of s_t * (P_t(first) - P_t(other)) / sigma_t, as the
/// ranking sums them. On each resample both models are measured on the same rows; where a candidate has several
/// replicates, as many of them are drawn with replacement, and their mean is spread by sqrt(R / (R - 1)), since R draws
/// out of R vary too little. The standard error of D is the deviation of D over resamples.
///
/// The first is the best of k candidates, so that a difference to it is one of k (k - 1) / 2 that could have been the
/// largest: two are told apart when D exceeds z standard errors, with Bonferroni's z for a confidence of 99 % over all
/// pairs.
package struct PairedComparison: Sendable {
  /// A difference to the first, and whether it may be chance.
  package struct Difference: Sendable {
    /// The difference with its own 95 % interval.
    package let estimate: Estimate
    package let isTied: Bool
  }

  private let tasks: [Ranking.Task]
  /// By task: the first's values on resamples; nil where they are not known.
  private let first: [Sample]?
  /// Standard errors that tell two apart.
  private let bound: Double

  /// - Parameters:
  ///   - candidates: k.
  package init(_ tasks: [Ranking.Task], to first: [Score], candidates: Int) {
    self.tasks = tasks
    self.first = Self.samples(first, tasks)
    let pairs = max(1, candidates * (candidates - 1) / 2)
    bound = Self.normalQuantile(upperTail: 0.01 / 2 / Double(pairs))
  }

  /// The difference to a candidate, by all its scores; nil where it or the first lacks predictions on the same rows.
  package func difference(_ scores: [Score]) -> Difference? {
    guard let first, let other = Self.samples(scores, tasks) else { return nil }
    var value = 0.0
    var resampled = [Double?](repeating: 0, count: first.first?.values.count ?? 0)
    for (task, (a, b)) in zip(tasks, zip(first, other)) {
      guard a.rows == b.rows, a.values.count == b.values.count, a.values.count == resampled.count else { return nil }
      guard let deviation = task.deviation, task.hasSpread else { continue }
      let weight = (task.higherIsBetter ? 1 : -1) / deviation / Double(tasks.count)
      value += weight * (a.mean - b.mean)
      for (index, (x, y)) in zip(a.values, b.values).enumerated() {
        guard let sum = resampled[index], let x, let y else {
          resampled[index] = nil
          continue
        }
        resampled[index] = sum + weight * (x - y)
      }
    }
    let known = resampled.compactMap(\.self)
    guard known.count > 1, 2 * known.count >= resampled.count else { return nil }
    let mean = known.reduce(0, +) / Double(known.count)
    let error = (known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count - 1)).squareRoot()
    return Difference(
      estimate: Estimate(value, low: value - 1.959963984540054 * error, high: value + 1.959963984540054 * error),
      isTied: abs(value) <= bound * error)
  }
}

extension PairedComparison {
  /// One candidate on one task.
  private struct Sample {
    let rows: String
    let mean: Double
    let values: [Double?]
  }

  private static func samples(_ scores: [Score], _ tasks: [Ranking.Task]) -> [Sample]? {
    var samples: [Sample] = []
    for task in tasks {
      let runs = scores.filter { $0.task == task.task }.sorted { $0.replicate < $1.replicate }
      var values: [Double] = []
      for run in runs {
        guard case .value(let estimate) = run.outcome, let value = estimate.value else { return nil }
        values.append(value)
      }
      let resampled = runs.compactMap(\.resampled)
      guard let one = resampled.first, resampled.count == runs.count,
        resampled.allSatisfy({ $0.rows == one.rows && $0.values.count == one.values.count })
      else { return nil }
      let name = runs[0].candidate + [task.task]
      samples.append(
        Sample(
          rows: one.rows, mean: values.reduce(0, +) / Double(values.count),
          values: resampled.count == 1 ? one.values : drawn(resampled.map(\.values), name)))
    }
    return samples
  }

  /// The means of replicates drawn with replacement, on each resample of rows. A draw is at counter (resample, hash of
  /// the name, draw).
  private static func drawn(_ replicates: [[Double?]], _ name: [String]) -> [Double?] {
    let random = Philox(seed: 0, stream: .replicates)
    let count = replicates.count
    let hash = name.joined(separator: "\n").utf8.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    let spread = (Double(count) / Double(count - 1)).squareRoot()
    return replicates[0].indices.map { resample in
      let values = replicates.compactMap { $0[resample] }
      guard values.count == count else { return nil }
      let mean = values.reduce(0, +) / Double(count)
      let sum = (0..<count).reduce(0) { $0 + values[random.integer(below: count, resample, Int(hash), $1)] }
      return mean + spread * (sum / Double(count) - mean)
    }
  }

  /// The z above which a standard normal number lies with this probability, by bisection.
  static func normalQuantile(upperTail probability: Double) -> Double {
    var (low, high) = (0.0, 40.0)
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if erfc(middle / 2.0.squareRoot()) / 2 > probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
