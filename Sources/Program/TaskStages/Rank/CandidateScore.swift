import Artifacts
import Inputs
import ModelStages
import Rankings

/// The artifacts that `rank` gathers of one candidate on one task with one replicate.
struct CandidateScore {
  let candidate: [String]
  let task: String
  let replicate: String
  /// nil: the step failed.
  let metrics: MetricsDocument?
  /// nil: they are not bound, or the step failed.
  let predictions: PredictionsArtifact?

  private init(_ result: GatheredResult) throws {
    guard result.predictions == nil || result.metrics != nil else {
      throw StageFailure(
        code: "cannot-rank",
        "\(result.name) has predictions and no metrics: bind both with the same ids, as from: [$scores.metrics, "
          + "$scores.predictions]")
    }
    candidate = result.ids["candidate"] ?? []
    task = (result.ids["task"] ?? []).joined(separator: ",")
    replicate = (result.ids["replicate"] ?? []).joined(separator: ",")
    (metrics, predictions) = (result.metrics, result.predictions)
  }

  /// The scores at a port, each with its predictions where they are bound too, in the order of their first items.
  static func all(_ inputs: [StageInput]) throws -> [CandidateScore] {
    try GatheredResult.all(inputs, only: "dev", code: "cannot-rank").map { try CandidateScore($0) }
  }

  /// The primary metric of its task; a failure has that of the others on the task.
  func primary(among all: [CandidateScore]) -> Metric {
    metrics?.metrics.primary ?? all.first { $0.task == task && $0.metrics != nil }?.metrics?.metrics.primary ?? .mcc
  }

  /// As a ranking by a metric reads it.
  func score(by metric: Metric, _ resampled: Resampled?) -> Score {
    let estimate = metrics.map { $0.metrics.dev[metric] ?? Estimate(nil) }
    return Score(
      candidate: candidate, task: task, replicate: replicate, metric: metric,
      outcome: estimate.map(Score.Outcome.value) ?? .failed("its step failed"), resampled: resampled)
  }
}
