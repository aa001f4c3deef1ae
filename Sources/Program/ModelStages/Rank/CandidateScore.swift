import Artifacts
import Inputs
import Rankings

/// One gathered item of `rank`.
struct CandidateScore {
  let candidate: [String]
  let task: String
  let replicate: String
  /// nil: the step failed.
  let metrics: MetricsDocument?

  init(_ input: StageInput) throws {
    candidate = input.ids["candidate"] ?? []
    task = (input.ids["task"] ?? []).joined(separator: ",")
    replicate = (input.ids["replicate"] ?? []).joined(separator: ",")
    metrics = try input.artifact.map { try JSONArtifact.decode(MetricsDocument.self, $0.bytes()) }
  }

  /// As the ranking reads it. A failure has the metric of the others on its task.
  func score(among all: [CandidateScore]) -> Score {
    let primary =
      metrics?.metrics.primary ?? all.first { $0.task == task && $0.metrics != nil }?.metrics?.metrics.primary ?? .mcc
    let estimate = metrics.map { $0.metrics.dev[primary] ?? Estimate(nil) }
    return Score(
      candidate: candidate, task: task, replicate: replicate, metric: primary,
      outcome: estimate.map(Score.Outcome.value) ?? .failed("its step failed"))
  }
}
