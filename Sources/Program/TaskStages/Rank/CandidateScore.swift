package import Artifacts
import Inputs
import ModelStages
package import Rankings
import Searches

/// The artifacts that a stage gathers of one candidate on one task with one replicate.
package struct CandidateScore {
  package let candidate: [String]
  package let task: String
  package let replicate: String
  /// One of several trainings that differ in how they were done, of which the best counts; empty where there is one.
  let trial: [String]
  package static let metric = ParameterKey<String>(
    "metric", .choice(["primary"] + Metric.ranking.map(\.rawValue)), default: "primary", neutral: "primary",
    help: "The metric that counts: the primary one of each task, or one that all tasks have.")

  /// The split that is read.
  let split: Metrics.Split
  /// nil: the step failed.
  package let metrics: MetricsDocument?
  /// The predictions of the split; nil: they are not bound, or the step failed.
  let predictions: PredictionsArtifact.Split?

  private init(_ result: GatheredResult, _ split: Metrics.Split, code: String) throws {
    guard result.predictions == nil || result.metrics != nil else {
      throw StageFailure(
        code: code,
        "\(result.name) has predictions and no metrics: bind both with the same ids, as from: [$scores.metrics, "
          + "$scores.predictions]")
    }
    candidate = result.ids["candidate"] ?? []
    task = (result.ids["task"] ?? []).joined(separator: ",")
    replicate = (result.ids["replicate"] ?? []).joined(separator: ",")
    trial = result.ids["trial"] ?? []
    self.split = split
    (metrics, predictions) = (result.metrics, result.predictions?.splits[split.rawValue])
  }

  /// The scores at a port, each with its predictions where they are bound too, in the order of their first items.
  /// - Parameter code: of the `StageFailure` that is thrown where two artifacts of one kind have the same ids.
  package static func all(
    _ inputs: [StageInput], split: Metrics.Split = .dev, code: String = "cannot-rank"
  ) throws -> [CandidateScore] {
    try GatheredResult.all(inputs, only: split.rawValue, code: code).map { try CandidateScore($0, split, code: code) }
  }

  /// The metric that ranks each score: the stated one, which all must have, or the primary one of the task. Throws a
  /// `StageFailure` with `code`.
  package static func metric(
    _ stated: String, of scores: [CandidateScore], code: String
  ) throws -> (CandidateScore) -> Metric {
    let metric = Metric(rawValue: stated)
    if let metric, let other = scores.first(where: { $0.metrics != nil && $0.measured?[metric] == nil }) {
      let known = other.measured?.entries.map(\.metric.rawValue).joined(separator: ", ") ?? ""
      throw StageFailure(
        code: code, "task '\(other.task)' has no \(metric.rawValue): its metrics are \(known)")
    }
    return { metric ?? $0.primary(among: scores) }
  }

  /// The scores of the trial of each candidate on each task that is best on the split, and these trials; all scores,
  /// and none, where no trials are told apart.
  static func best(
    of scores: [CandidateScore], by metric: (CandidateScore) -> Metric
  ) -> (scores: [CandidateScore], trials: [BestTrial]) {
    guard scores.contains(where: { !$0.trial.isEmpty }) else { return (scores, []) }
    let best = BestTrial.among(
      scores.map { score in
        let metric = metric(score)
        let value = score.measured?[metric]?.value.map { metric.higherIsBetter ? $0 : -$0 }
        return .init(candidate: score.candidate, task: score.task, trial: score.trial, value: value)
      })
    return (best.places.map { scores[$0] }, best.chosen)
  }

  private var measured: SplitMetrics? { metrics?.metrics[split] }

  /// The primary metric of its task; a failure has that of the others on the task.
  private func primary(among all: [CandidateScore]) -> Metric {
    metrics?.metrics.primary ?? all.first { $0.task == task && $0.metrics != nil }?.metrics?.metrics.primary ?? .mcc
  }

  /// As a ranking by a metric reads it.
  package func score(by metric: Metric, _ resampled: Resampled?) -> Score {
    let estimate = measured.map { $0[metric] ?? Estimate(nil) }
    return Score(
      candidate: candidate, task: task, replicate: replicate, metric: metric,
      outcome: estimate.map(Score.Outcome.value) ?? .failed("its step failed"), resampled: resampled)
  }
}
