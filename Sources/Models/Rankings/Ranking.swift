/// Candidates in the order of their mean signed z-score over tasks (BioArc, arXiv 2512.00283):
/// score(a) = 1/|T| * sum over tasks t of s_t * (P_t(a) - mu_t) / sigma_t, with s_t = -1 where lower is better.
///
/// P_t(a) is the mean over replicates of a's values on t. mu_t and sigma_t, the population standard deviation, are over
/// the complete candidates: those without a failure and with a value on every task. Others are ranked last, without a
/// score, and move no one else's. A task with no spread adds zero and is named. Equal scores are ordered by the bytes
/// of the ids.
///
/// By the mean instead, score(a) = 1/|T| * sum over tasks of s_t * P_t(a), of measures on one scale.
///
/// By the harmonic mean, score(a) = |T| / sum over tasks of 1 / P_t(a), of measures from 0 to 1; 0 where one of
/// them is 0 or less.
package struct Ranking: Hashable, Sendable, Codable {
  /// How the results of a candidate on several tasks become its score.
  package enum Aggregate: String, Hashable, Sendable, Codable, CaseIterable {
    case meanZ = "mean-z"
    case harmonicMean = "harmonic-mean"
    case mean

    /// The score that results on all tasks make, whatever others have; nil by z-scores, which are among candidates.
    package func score(of results: [Double], on tasks: [Task]) -> Double? {
      switch self {
      case .meanZ: nil
      case .harmonicMean: Ranking.harmonicMean(results)
      case .mean:
        zip(results, tasks).reduce(0) { $0 + ($1.1.higherIsBetter ? $1.0 : -$1.0) } / Double(max(1, tasks.count))
      }
    }
  }

  /// One task over all complete candidates.
  package struct Task: Hashable, Sendable, Codable {
    package let task: String
    package let metric: Metric
    package let higherIsBetter: Bool
    /// mu_t; nil without complete candidates.
    package let mean: Double?
    /// sigma_t, population; nil without complete candidates.
    package let deviation: Double?
    /// Whether any two candidates differ.
    package let hasSpread: Bool
  }

  /// The unit of differences on a task: sigma_t; where no task has a spread, as with one candidate, and all have one
  /// metric, that of the metric itself; nil for a task that adds zero.
  package static func unit(of task: Task, in tasks: [Task]) -> Double? {
    if task.hasSpread { return task.deviation }
    return tasks.contains { $0.hasSpread || $0.metric != task.metric } ? nil : 1
  }

  /// One candidate on one task.
  package struct Result: Hashable, Sendable, Codable {
    package let task: String
    /// Mean over replicates, with the means of the bounds of their intervals: the interval of one run, not narrowed by
    /// replicates; bounds are nil if any replicate has none, all is nil if none has a value.
    package let estimate: Estimate
    /// Signed, so that more is better; nil for incomplete candidates.
    package let z: Double?
    /// Standard deviation over replicates (with n - 1), nil for fewer than two.
    package let deviation: Double?
    /// Replicates with a value.
    package let replicates: Int
  }

  /// One candidate.
  package struct Row: Hashable, Sendable, Codable {
    /// From 1.
    package let rank: Int
    package let candidate: [String]
    /// nil for incomplete candidates.
    package let score: Double?
    /// How far the score is behind that of the first, by a paired bootstrap (`PairedComparison`); nil where predictions
    /// on the same rows are missing, and in older documents.
    package let behind: Estimate?
    /// Whether the data do not tell the candidate apart from the first; nil as `behind`.
    package let isTied: Bool?
    /// In the order of `tasks`.
    package let results: [Result]
    /// The reasons for which the candidate has no score; empty if it has one.
    package let failures: [String]
  }

  /// nil, as in older documents, for the mean z-score.
  package let aggregate: Aggregate?
  /// Sorted by the bytes of their ids.
  package let tasks: [Task]
  /// In the order of rank.
  package let rows: [Row]

  /// Ids of the tasks with no spread.
  package var withoutSpread: [String] { tasks.filter { !$0.hasSpread }.map(\.task) }

  /// The first candidate, if any has a score.
  package var best: Row? { rows.first.flatMap { $0.score == nil ? nil : $0 } }

  init(_ aggregate: Aggregate, tasks: [Task], rows: [Row]) {
    self.aggregate = aggregate == .meanZ ? nil : aggregate
    self.tasks = tasks
    self.rows = rows
  }

  /// The harmonic mean of results; 0 where one of them is not above 0.
  package static func harmonicMean(_ values: [Double]) -> Double {
    guard !values.isEmpty, values.allSatisfy({ $0 > 0 }) else { return 0 }
    return Double(values.count) / values.reduce(0) { $0 + 1 / $1 }
  }
}
