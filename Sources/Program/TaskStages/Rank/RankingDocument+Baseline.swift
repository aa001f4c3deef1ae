import ModelStages
package import Rankings
import Wording

extension RankingDocument {
  /// A model outside the search that a ranking shows beside its candidates.
  ///
  /// Its score is on the candidates' scale: the mean over tasks of s_t * (P_t - mu_t) / sigma_t, with mu_t and sigma_t
  /// of the candidates alone, and the mean difference to the only one; or a mean of its results. If it took
  /// part in means over candidates, adding a baseline could change which one wins.
  package struct Baseline: Codable {
    /// Ids on the axes that make several baselines; often none.
    package let candidate: [String]
    /// Its name for people; nil if it failed on every task.
    let model: String?
    package let parameters: Int?
    /// nil where it has no value on some task.
    package let score: Double?
    /// How far its score is behind that of the first candidate, below 0 where ahead; nil where predictions on the same
    /// rows are missing, and in older documents.
    let behind: Estimate?
    /// Whether the data do not tell the baseline apart from the first candidate.
    package let isTied: Bool?
    /// By task, in the order of the ranking's tasks: means over replicates of the primary metric and of the bounds of
    /// its 95 % interval.
    package let dev: [Estimate]
    package let test: [Estimate]
    /// The reasons why the baseline has no score; empty if it has one.
    package let failures: [String]

    /// The baseline's name and ids for people.
    package var name: String { ([model ?? "baseline"] + candidate).joined(separator: " ") }

    /// Every baseline, by its ids.
    /// - Parameter candidates: as the ranking read them.
    static func all(
      _ scores: [CandidateScore], beside ranking: Ranking, _ candidates: [Score], _ resampling: Resampling
    ) throws -> [Baseline] {
      let tasks = ranking.tasks.map(\.task)
      let first = ResampledCandidate(candidates.filter { $0.candidate == ranking.best?.candidate }, on: tasks)
      let comparison = PairedComparison(ranking.tasks, ranking.aggregate ?? .meanZ)
      let level = PairedComparison.level(ofBest: ranking.rows.count { $0.score != nil } + 1)
      let metrics = Dictionary(uniqueKeysWithValues: ranking.tasks.map { ($0.task, $0.metric) })
      let measured = try resampling.scores(scores.filter { metrics[$0.task] != nil }) { metrics[$0.task]! }
      return Dictionary(grouping: scores, by: \.candidate).sorted { $0.key.precedesInBytes($1.key) }.map { ids, own in
        let resampled = ResampledCandidate(measured.filter { $0.candidate == ids }, on: tasks)
        let difference = first.flatMap { first in resampled.flatMap { comparison.difference(first, $0) } }
        return Baseline(own, beside: ranking, difference, level)
      }
    }

    private init(
      _ scores: [CandidateScore], beside ranking: Ranking, _ difference: PairedComparison.Difference?, _ level: Double
    ) {
      (behind, isTied) = (difference?.estimate, difference.map { $0.probability >= level })
      candidate = scores[0].candidate
      let known = scores.compactMap(\.metrics)
      // Architectures that were bound as baselines have their text.
      model = known.first.flatMap { $0.model ?? $0.architecture }
      parameters = known.first?.parameters
      let mean = { (split: KeyPath<Metrics, SplitMetrics>) in
        ranking.tasks.map { task in
          let own = scores.filter { $0.task == task.task }
          return RankingDocument.mean(own.map { $0.metrics?.metrics[keyPath: split][task.metric] ?? Estimate(nil) })
        }
      }
      dev = mean(\.dev)
      test = mean(\.test)
      var failures: [String] = []
      var sum = 0.0
      for (task, estimate) in zip(ranking.tasks, dev) {
        guard let value = estimate.value, value.isFinite else {
          failures.append(task.task.isEmpty ? "no score" : "no score on task \(task.task)")
          continue
        }
        guard let mean = task.mean, let unit = Ranking.unit(of: task, in: ranking.tasks) else { continue }
        sum += (task.higherIsBetter ? 1 : -1) * (value - mean) / unit
      }
      self.failures = failures
      let own = ranking.aggregate?.score(of: dev.compactMap(\.value), on: ranking.tasks)
      score = failures.isEmpty && !ranking.tasks.isEmpty ? own ?? sum / Double(ranking.tasks.count) : nil
    }
  }
}
