import Statistics

/// Compares two candidates on the same rows, by a paired bootstrap (Efron and Tibshirani 1993).
///
/// The difference of two scores is D = sum over tasks t of w_t * (P_t(a) - P_t(b)), with the weights that the scores
/// have: of a ranking by mean z-scores s_t / sigma_t / |T|. On each resample both models are measured on the same rows
/// (`ResampledCandidate`). The standard error of D is the deviation of D over resamples. Of harmonic means H, D is the
/// difference on each resample, and a task weighs their slope, 1/|T| * (H / P_t)^2.
///
/// The probability is that of Student's t = D / error, two-sided. Few replicates tell little of their own spread: its
/// degrees of freedom are Welch's and Satterthwaite's (1947), infinite for the part that comes from rows. One replicate
/// says nothing of the spread over seeds.
package struct PairedComparison: Sendable {
  /// A difference, and the probability of one so large between two that are equal.
  package struct Difference: Sendable {
    /// With its own 95 % interval.
    package let estimate: Estimate
    package let probability: Double
  }

  /// How differences on tasks become one.
  package enum Scale: Sendable {
    /// By task, its weight in a sum.
    case weights([Double])
    /// The difference of harmonic means.
    case harmonicMean
  }

  private let scale: Scale

  package init(_ scale: Scale) { self.scale = scale }

  /// As a ranking sums results: with one candidate, to which baselines are compared, sigma_t is 1.
  package init(_ tasks: [Ranking.Task], _ aggregate: Ranking.Aggregate) {
    switch aggregate {
    case .harmonicMean: self.init(.harmonicMean)
    case .mean: self.init(.weights(tasks.map { ($0.higherIsBetter ? 1 : -1) / Double(tasks.count) }))
    case .meanZ:
      self.init(
        .weights(
          tasks.map { task in
            guard let unit = Ranking.unit(of: task, in: tasks) else { return 0 }
            return (task.higherIsBetter ? 1 : -1) / unit / Double(tasks.count)
          }))
    }
  }

  /// The probability up to which the first of k candidates is told apart from another, for a confidence of 99 %: the
  /// first is the best of k, so that a difference to it is one of k (k - 1) / 2 that could have been the largest
  /// (Bonferroni).
  package static func level(ofBest candidates: Int) -> Double {
    0.01 / Double(max(1, candidates * (candidates - 1) / 2))
  }

  /// The difference of two candidates on the same tasks; nil where their rows differ, or too few resamples have values.
  package func difference(_ a: ResampledCandidate, _ b: ResampledCandidate) -> Difference? {
    let pairs = Array(zip(a.results, b.results))
    let resamples = a.results.first?.values.count ?? 0
    let isPaired = pairs.allSatisfy { a, b in
      a.rows == b.rows && a.values.count == resamples && b.values.count == resamples
    }
    guard isPaired else { return nil }
    let sums: Sums
    switch scale {
    case .weights(let weights): sums = weighted(pairs, weights, resamples)
    case .harmonicMean: sums = harmonic(a.results, b.results, resamples)
    }
    return Self.difference(sums)
  }

  /// The weighted sum of one candidate's results with its interval; nil as a difference is, and for harmonic means.
  package func sum(_ candidate: ResampledCandidate) -> Estimate? {
    guard case .weights(let weights) = scale, let resamples = candidate.results.first?.values.count,
      candidate.results.allSatisfy({ $0.values.count == resamples })
    else { return nil }
    var sums = Sums(resampled: [Double?](repeating: 0, count: resamples))
    for (weight, result) in zip(weights, candidate.results) where weight != 0 {
      sums.value += weight * result.mean
      sums.add(result, weight)
      for (index, value) in result.values.enumerated() {
        sums.resampled[index] = sums.resampled[index].flatMap { sum in value.map { sum + weight * $0 } }
      }
    }
    return Self.difference(sums)?.estimate
  }

  /// nil where too few resamples have values.
  private static func difference(_ sums: Sums) -> Difference? {
    let known = sums.resampled.compactMap(\.self)
    guard known.count > 1, 2 * known.count >= sums.resampled.count else { return nil }
    let mean = known.reduce(0, +) / Double(known.count)
    let error = (known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count - 1)).squareRoot()
    let squared = max(error * error, sums.variance)
    let degrees = sums.quarters > 0 ? squared * squared / sums.quarters : .infinity
    let half = Tail.quantile(0.025) { Tail.student($0, degrees) } * error
    let probability =
      error > 0 ? min(1, 2 * Tail.student(abs(sums.value / error), degrees)) : sums.value == 0 ? 1 : 0
    return Difference(
      estimate: Estimate(sums.value, low: sums.value - half, high: sums.value + half), probability: probability)
  }

  /// A difference, on the rows and on each resample.
  private struct Sums {
    var value = 0.0
    var resampled: [Double?]
    /// The variance over replicates, and the sum by which its degrees of freedom are known.
    var variance = 0.0
    var quarters = 0.0

    mutating func add(_ result: ResampledCandidate.Result, _ weight: Double) {
      guard result.replicates.count > 1 else { return }
      let part = weight * weight * result.variance
      variance += part
      quarters += part * part / Double(result.replicates.count - 1)
    }
  }

  private func weighted(
    _ pairs: [(ResampledCandidate.Result, ResampledCandidate.Result)], _ weights: [Double], _ resamples: Int
  ) -> Sums {
    var sums = Sums(resampled: [Double?](repeating: 0, count: resamples))
    for (weight, (a, b)) in zip(weights, pairs) where weight != 0 {
      sums.value += weight * (a.mean - b.mean)
      for result in [a, b] { sums.add(result, weight) }
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

  private func harmonic(
    _ first: [ResampledCandidate.Result], _ other: [ResampledCandidate.Result], _ resamples: Int
  ) -> Sums {
    let mean = { (results: [ResampledCandidate.Result], index: Int) -> Double? in
      let values = results.compactMap { $0.values[index] }
      return values.count == results.count ? Ranking.harmonicMean(values) : nil
    }
    var sums = Sums(
      resampled: (0..<resamples).map { index in
        mean(first, index).flatMap { x in mean(other, index).map { x - $0 } }
      })
    for (results, sign) in [(first, 1.0), (other, -1.0)] {
      let score = Ranking.harmonicMean(results.map(\.mean))
      sums.value += sign * score
      // The slope of the mean in the result of a task.
      for result in results where score > 0 {
        sums.add(result, score / result.mean * (score / result.mean) / Double(results.count))
      }
    }
    return sums
  }
}
