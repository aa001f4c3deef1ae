import Glibc
import Randomness

/// Compares candidates with the first of a ranking on the same rows, by a paired bootstrap (Efron and Tibshirani 1993).
///
/// The difference of two scores is D = 1/|T| * sum over tasks t of s_t * (P_t(first) - P_t(other)) / sigma_t, as the
/// ranking sums them; with one candidate, to which baselines are compared, sigma_t is 1. On each resample both models
/// are measured on the same rows; where a candidate has several replicates, as many of them are drawn with replacement,
/// and their mean is spread by sqrt(R / (R - 1)), since R draws out of R vary too little. The standard error of D is
/// the deviation of D over resamples. Of harmonic means H, D is the difference on each resample, and a task weighs
/// their slope, 1/|T| * (H / P_t)^2, where it weighs 1/|T| * s_t / sigma_t else.
///
/// The first is the best of k candidates, so that a difference to it is one of k (k - 1) / 2 that could have been the
/// largest: two are told apart when D exceeds t standard errors, with Bonferroni's t for a confidence of 99 % over all
/// pairs. Few replicates tell little of their own spread: the degrees of freedom of t are Welch's and Satterthwaite's
/// (1947), infinite for the part that comes from rows. One replicate says nothing of the spread over seeds.
package struct PairedComparison: Sendable {
  /// A difference to the first, and whether it may be chance.
  package struct Difference: Sendable {
    /// The difference with its own 95 % interval.
    package let estimate: Estimate
    package let isTied: Bool
  }

  private let tasks: [Ranking.Task]
  private let aggregate: Ranking.Aggregate
  /// By task: the first's values on resamples; nil where they are not known.
  private let first: [Sample]?
  /// The probability of a larger t, on one side, for two that are equal.
  private let tail: Double

  /// - Parameters:
  ///   - candidates: k.
  package init(_ tasks: [Ranking.Task], _ aggregate: Ranking.Aggregate, to first: [Score], candidates: Int) {
    (self.tasks, self.aggregate) = (tasks, aggregate)
    self.first = Self.samples(first, tasks)
    let pairs = max(1, candidates * (candidates - 1) / 2)
    tail = 0.01 / 2 / Double(pairs)
  }

  /// The difference to a candidate, by all its scores; nil where it or the first lacks predictions on the same rows.
  package func difference(_ scores: [Score]) -> Difference? {
    guard let first, let other = Self.samples(scores, tasks) else { return nil }
    let pairs = Array(zip(first, other))
    let resamples = first.first?.values.count ?? 0
    let isPaired = pairs.allSatisfy { a, b in
      a.rows == b.rows && a.values.count == resamples && b.values.count == resamples
    }
    guard isPaired else { return nil }
    let sums = aggregate == .meanZ ? weighted(pairs, resamples) : harmonic(first, other, resamples)
    let (value, variance, quarters) = (sums.value, sums.variance, sums.quarters)
    let known = sums.resampled.compactMap(\.self)
    guard known.count > 1, 2 * known.count >= resamples else { return nil }
    let mean = known.reduce(0, +) / Double(known.count)
    let error = (known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count - 1)).squareRoot()
    let squared = max(error * error, variance)
    let degrees = quarters > 0 ? squared * squared / quarters : .infinity
    let (wide, narrow) = (Self.quantile(upperTail: tail, degrees), Self.quantile(upperTail: 0.025, degrees))
    return Difference(
      estimate: Estimate(value, low: value - narrow * error, high: value + narrow * error),
      isTied: abs(value) <= wide * error)
  }
}

extension PairedComparison {
  /// A difference, on the rows and on each resample.
  private struct Sums {
    var value = 0.0
    var resampled: [Double?]
    /// The variance over replicates, and the sum by which its degrees of freedom are known.
    var variance = 0.0
    var quarters = 0.0

    mutating func add(_ sample: Sample, _ weight: Double) {
      guard sample.replicates > 1 else { return }
      let part = weight * weight * sample.variance
      variance += part
      quarters += part * part / Double(sample.replicates - 1)
    }
  }

  /// The difference of mean z-scores.
  private func weighted(_ pairs: [(Sample, Sample)], _ resamples: Int) -> Sums {
    var sums = Sums(resampled: [Double?](repeating: 0, count: resamples))
    for (task, (a, b)) in zip(tasks, pairs) {
      guard let unit = Ranking.unit(of: task, in: tasks) else { continue }
      let weight = (task.higherIsBetter ? 1 : -1) / unit / Double(tasks.count)
      sums.value += weight * (a.mean - b.mean)
      for sample in [a, b] { sums.add(sample, weight) }
      for (index, (x, y)) in zip(a.values, b.values).enumerated() {
        guard let sum = sums.resampled[index], let x, let y else {
          sums.resampled[index] = nil
          continue
        }
        sums.resampled[index] = sum + weight * (x - y)
      }
    }
    return sums
  }

  /// The difference of harmonic means.
  private func harmonic(_ first: [Sample], _ other: [Sample], _ resamples: Int) -> Sums {
    let mean = { (samples: [Sample], index: Int) -> Double? in
      let values = samples.compactMap { $0.values[index] }
      return values.count == samples.count ? Ranking.harmonicMean(values) : nil
    }
    var sums = Sums(
      resampled: (0..<resamples).map { index in
        mean(first, index).flatMap { x in mean(other, index).map { x - $0 } }
      })
    for (samples, sign) in [(first, 1.0), (other, -1.0)] {
      let score = Ranking.harmonicMean(samples.map(\.mean))
      sums.value += sign * score
      // The slope of the mean in the result of a task.
      for sample in samples where score > 0 {
        sums.add(sample, score / sample.mean * (score / sample.mean) / Double(samples.count))
      }
    }
    return sums
  }

  /// One candidate on one task.
  private struct Sample {
    let rows: String
    let mean: Double
    /// The variance of the mean over replicates; 0 for one.
    let variance: Double
    let replicates: Int
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
      let (count, mean) = (Double(values.count), values.reduce(0, +) / Double(values.count))
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      samples.append(
        Sample(
          rows: one.rows, mean: mean, variance: count > 1 ? squares / (count - 1) / count : 0, replicates: values.count,
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

  /// The t above which a number of Student's distribution lies with this probability, by bisection; of infinite
  /// degrees of freedom that of the normal distribution.
  static func quantile(upperTail probability: Double, _ degrees: Double) -> Double {
    var (low, high) = (0.0, 1e6)
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if tail(middle, degrees) > probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// P(T > t) = C * integral of cos^(n - 1) from atan(t / sqrt n) to pi / 2, by Simpson's rule, with
  /// C = G((n + 1) / 2) / sqrt(pi) / G(n / 2).
  private static func tail(_ t: Double, _ degrees: Double) -> Double {
    if degrees > 1e4 { return erfc(t / 2.0.squareRoot()) / 2 }
    let start = atan(t / degrees.squareRoot())
    let steps = 200, width = (Double.pi / 2 - start) / 200
    var sum = 0.0
    for i in 0...steps {
      let weight: Double = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2
      sum += weight * pow(cos(start + Double(i) * width), degrees - 1)
    }
    let scale = exp(lgamma((degrees + 1) / 2) - lgamma(degrees / 2)) / Double.pi.squareRoot()
    return scale * sum * width / 3
  }
}
