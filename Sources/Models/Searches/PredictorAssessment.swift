import Randomness
import Rankings
package import Spaces
import Statistics

/// How well results on a task are foreseen from those on others: each task is left out in turn (BioArc, arXiv
/// 2512.00283, predicts architectures for new tasks).
package struct PredictorAssessment: Hashable, Sendable, Codable {
  /// The architectures that a predictor is asked of.
  package enum Setting: String, Hashable, Sendable, Codable, CaseIterable {
    /// All, of which it knows the results on the other tasks.
    case known
    /// A fifth at a time, of which it knows none.
    case new
  }

  /// One way to foresee on one task.
  package struct Row: Hashable, Sendable, Codable {
    package let task: String
    package let setting: Setting
    /// A predictor; `tasks`, the mean over other tasks of an architecture's own results; `nearest`, its result on the
    /// task whose sequences are most alike; `chance`.
    package let method: String
    /// Spearman's correlation of what was foreseen and what is; nil where either is constant.
    package let correlation: Double?
    /// The share of the k foreseen as best that are among the k best.
    package let precision: Double
    /// Whether the best is among the k foreseen as best; of chance its probability.
    package let hit: Double
  }

  package let k: Int
  package let candidates: Int
  package let rows: [Row]

  /// Parts of the architectures, of which each is new in turn.
  private static let folds = 5

  /// - Parameters:
  ///   - results: (tasks, candidates): more is better.
  ///   - nearest: by task, the place of the one whose sequences are most alike; nil where sequences are not known.
  /// Returns nil where `isInterrupted`.
  package init?(
    _ architectures: [Architecture], tasks: [String], results: [[Double]], nearest: [Int]?, k: Int, seed: Int,
    threads: Int, progress: (Int, Int) -> Void, isInterrupted: () -> Bool
  ) throws {
    let (count, k) = (architectures.count, min(k, architectures.count))
    let z = results.map(Self.standardized)
    // Candidates may differ in something else alone: those of one architecture are new together.
    let folds = Self.folds(architectures, seed)
    var rows: [Row] = []
    var done = 0
    for task in tasks.indices {
      let others = tasks.indices.filter { $0 != task }
      let means = (0..<count).map { place in others.reduce(0) { $0 + z[$1][place] } / Double(others.count) }
      let row = { (setting: Setting, method: String, foreseen: [Double]) in
        Self.row(tasks[task], setting, method, foreseen, results[task], k)
      }
      for method in ScorePredictor.allCases {
        progress(done, tasks.count * ScorePredictor.allCases.count)
        done += 1
        guard
          let known = try method.predict(
            architectures, means, of: architectures, seed: seed, threads: threads, isInterrupted: isInterrupted)
        else { return nil }
        rows.append(row(.known, method.rawValue, known))
        var new = [Double](repeating: 0, count: count)
        for fold in 0..<Self.folds {
          let asked = folds.indices.filter { folds[$0] == fold }, rest = folds.indices.filter { folds[$0] != fold }
          if asked.isEmpty { continue }
          guard
            let values = try method.predict(
              rest.map { architectures[$0] }, rest.map { means[$0] }, of: asked.map { architectures[$0] }, seed: seed,
              threads: threads, isInterrupted: isInterrupted)
          else { return nil }
          for (place, value) in zip(asked, values) { new[place] = value }
        }
        rows.append(row(.new, method.rawValue, new))
      }
      rows.append(row(.known, "tasks", means))
      if let nearest { rows.append(row(.known, "nearest", z[nearest[task]])) }
      let chance = Double(k) / Double(count)
      for setting in Setting.allCases {
        rows.append(
          Row(task: tasks[task], setting: setting, method: "chance", correlation: 0, precision: chance, hit: chance))
      }
    }
    (self.k, candidates, self.rows) = (k, count, rows)
  }

  /// The part of each candidate, by its architecture.
  private static func folds(_ architectures: [Architecture], _ seed: Int) -> [Int] {
    var numbers: [Architecture: Int] = [:]
    for architecture in architectures where numbers[architecture] == nil { numbers[architecture] = numbers.count }
    let order = Philox(seed: seed, stream: .splitting).permutation(numbers.count, round: 1)
    return architectures.map { order[numbers[$0]!] % folds }
  }

  /// With mean 0 and deviation 1, or 0 where all are equal.
  package static func standardized(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    return values.map { deviation > 0 ? ($0 - mean) / deviation : 0 }
  }

  private static func row(
    _ task: String, _ setting: Setting, _ method: String, _ foreseen: [Double], _ results: [Double], _ k: Int
  ) -> Row {
    let (chosen, best) = (Set(TopPlaces.of(foreseen, k, round: 0)), TopPlaces.of(results, k, round: 1))
    return Row(
      task: task, setting: setting, method: method, correlation: Ranks.spearman(foreseen, results),
      precision: Double(best.count(where: chosen.contains)) / Double(k), hit: chosen.contains(best[0]) ? 1 : 0)
  }
}
