import Randomness
import Statistics
import Wording

extension Comparison {
  /// The results of one candidate, by task and seed.
  struct Runs {
    /// On resamples of rows; nil without predictions.
    let resampled: ResampledCandidate?
    private let weights: [Double]
    /// By task: ids of seeds with the metric, in the order of their bytes.
    private let values: [[(id: String, value: Double)]]

    /// - Parameter weights: of tasks in the mean; below 0 where less is better.
    init(_ scores: [Score], _ tasks: [String], _ weights: [Double]) {
      resampled = ResampledCandidate(scores, on: tasks)
      self.weights = weights
      values = tasks.map { task in
        scores.filter { $0.task == task }.sorted { $0.replicate.precedesInBytes($1.replicate) }.compactMap { score in
          guard case .value(let estimate) = score.outcome, let value = estimate.value else { return nil }
          return (score.replicate, value)
        }
      }
    }

    /// Differences by task and seed, in the unit of the mean; nil unless both have the same seeds on every task, and
    /// two or more together.
    static func gaps(_ a: Runs, _ b: Runs) -> [Double]? {
      var gaps: [Double] = []
      for (weight, (first, second)) in zip(a.weights, zip(a.values, b.values)) {
        guard first.map(\.id) == second.map(\.id) else { return nil }
        gaps += zip(first, second).map { weight * ($0.value - $1.value) }
      }
      return gaps.count > 1 ? gaps : nil
    }

    /// The mean of what is left when a quarter of the results is taken off either end, and its interval over draws of
    /// as many seeds of each task with replacement.
    var interquartileMean: Estimate {
      let value = Self.middleMean(values.flatMap { $0.map(\.value) })
      guard values.allSatisfy({ $0.count > 1 }) else { return Estimate(value) }
      let random = Philox(seed: 0, stream: .replicates)
      let draws = Bootstrap.defaultResamples
      let sample = (0..<draws).map { draw in
        Self.middleMean(
          values.enumerated().flatMap { task, runs in
            runs.indices.map { runs[random.integer(below: runs.count, draw, task, $0)].value }
          })
      }
      return Bootstrap.estimate(value, sample, of: draws)
    }

    private static func middleMean(_ values: [Double]) -> Double {
      let cut = values.count / 4
      let middle = values.sorted()[cut..<(values.count - cut)]
      return middle.reduce(0, +) / Double(middle.count)
    }
  }
}
