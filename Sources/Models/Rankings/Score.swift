/// The input of a ranking: one candidate's result on one task with one replicate.
package struct Score: Hashable, Sendable {
  /// A value, or the reason for which there is none.
  package enum Outcome: Hashable, Sendable {
    case value(Estimate)
    case failed(String)
  }

  /// Ids of the candidate, one for each axis that makes candidates.
  package let candidate: [String]
  package let task: String
  package let replicate: String
  /// The primary metric of the task.
  package let metric: Metric
  package let outcome: Outcome
  /// The metric on resamples of the rows; nil where the predictions are not known.
  package let resampled: Resampled?

  package init(
    candidate: [String], task: String, replicate: String, metric: Metric, outcome: Outcome,
    resampled: Resampled? = nil
  ) {
    self.resampled = resampled
    self.candidate = candidate
    self.task = task
    self.replicate = replicate
    self.metric = metric
    self.outcome = outcome
  }
}
