import Randomness
import Wording

/// A candidate on resamples of the rows of each task, with which it is compared with others.
///
/// A candidate with several replicates: as many of them are drawn with replacement on each resample, and their mean is
/// spread by sqrt(R / (R - 1)), since R draws out of R vary too little.
package struct ResampledCandidate: Sendable {
  /// One task.
  package struct Result: Sendable {
    /// Stands for the rows and their labels.
    let rows: String
    /// By replicate, in the order of the bytes of their ids.
    package let replicates: [(id: String, value: Double)]
    package let mean: Double
    /// The variance of the mean over replicates; 0 for one.
    let variance: Double
    /// (resamples): nil where the metric is not defined.
    package let values: [Double?]
  }

  /// In the order of tasks.
  package let results: [Result]

  /// - Parameters:
  ///   - scores: of this candidate; those on other tasks do not count.
  ///   - tasks: ids. nil where a task has no value, or no predictions on the same rows for all replicates.
  package init?(_ scores: [Score], on tasks: [String]) {
    var results: [Result] = []
    for task in tasks {
      let runs = scores.filter { $0.task == task }.sorted { $0.replicate.precedesInBytes($1.replicate) }
      var values: [Double] = []
      for run in runs {
        guard case .value(let estimate) = run.outcome, let value = estimate.value, value.isFinite else { return nil }
        values.append(value)
      }
      let resampled = runs.compactMap(\.resampled)
      guard let one = resampled.first, resampled.count == runs.count,
        resampled.allSatisfy({ $0.rows == one.rows && $0.values.count == one.values.count })
      else { return nil }
      let name = runs[0].candidate + [task]
      let (count, mean) = (Double(values.count), values.reduce(0, +) / Double(values.count))
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      results.append(
        Result(
          rows: one.rows, replicates: zip(runs, values).map { ($0.replicate, $1) }, mean: mean,
          variance: count > 1 ? squares / (count - 1) / count : 0,
          values: resampled.count == 1 ? one.values : Self.drawn(resampled.map(\.values), name)))
    }
    self.results = results
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
}
