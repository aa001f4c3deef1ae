import Rankings
import Wording

extension RankingDocument {
  /// A model outside the search that a ranking shows beside its candidates.
  ///
  /// Its score is on the candidates' scale: the mean over tasks of s_t * (P_t - mu_t) / sigma_t, with mu_t and sigma_t
  /// of the candidates alone. If it took part in them, adding a baseline could change which candidate wins.
  struct Baseline: Codable {
    /// Ids on the axes that make several baselines; often none.
    let candidate: [String]
    /// Its name for people; nil if it failed on every task.
    let model: String?
    let parameters: Int?
    /// nil where it has no value on some task.
    let score: Double?
    /// By task, in the order of the ranking's tasks: means over replicates of the primary metric and of the bounds of
    /// its 95 % interval.
    let dev: [Estimate]
    let test: [Estimate]
    /// The reasons why the baseline has no score; empty if it has one.
    let failures: [String]

    /// The baseline's name and ids for people.
    var name: String { ([model ?? "baseline"] + candidate).joined(separator: " ") }

    /// Every baseline, by its ids.
    static func all(_ scores: [CandidateScore], beside ranking: Ranking) -> [Baseline] {
      Dictionary(grouping: scores, by: \.candidate).sorted { $0.key.precedesInBytes($1.key) }
        .map { Baseline($1, beside: ranking) }
    }

    private init(_ scores: [CandidateScore], beside ranking: Ranking) {
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
        guard task.hasSpread, let mean = task.mean, let deviation = task.deviation else { continue }
        sum += (task.higherIsBetter ? 1 : -1) * (value - mean) / deviation
      }
      self.failures = failures
      score = failures.isEmpty && !ranking.tasks.isEmpty ? sum / Double(ranking.tasks.count) : nil
    }
  }
}
