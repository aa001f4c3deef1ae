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
  private(set) var metrics: MetricsDocument?
  /// nil: they are not bound, or the step failed.
  private(set) var predictions: PredictionsArtifact?

  private init(_ input: StageInput) {
    candidate = input.ids["candidate"] ?? []
    task = (input.ids["task"] ?? []).joined(separator: ",")
    replicate = (input.ids["replicate"] ?? []).joined(separator: ",")
  }

  /// The scores at a port, each with its predictions where they are bound too, in the order of their first items.
  static func all(_ inputs: [StageInput]) throws -> [CandidateScore] {
    var scores: [CandidateScore] = []
    var places: [[String]: Int] = [:]
    for input in inputs {
      var score = CandidateScore(input)
      let key = score.candidate + [score.task, score.replicate]
      if let place = places[key] { score = scores[place] }
      if let artifact = input.artifact {
        let isRepeated = artifact.reference.kind == .predictions ? score.predictions != nil : score.metrics != nil
        let name = key.filter { !$0.isEmpty }.joined(separator: ",")
        guard !isRepeated else {
          throw StageFailure(
            code: "cannot-rank",
            "\(name.isEmpty ? "the port" : name) has two \(artifact.reference.kind.name): each candidate has one on "
              + "each task with each replicate; 'over' names the axes that make them")
        }
        if artifact.reference.kind == .predictions {
          score.predictions = try PredictionsArtifact(artifact, only: "dev")
        } else {
          score.metrics = try JSONArtifact.decode(MetricsDocument.self, artifact.bytes())
        }
      }
      if let place = places[key] {
        scores[place] = score
      } else {
        places[key] = scores.count
        scores.append(score)
      }
    }
    if let other = scores.first(where: { $0.predictions != nil && $0.metrics == nil }) {
      let name = (other.candidate + [other.task, other.replicate]).filter { !$0.isEmpty }.joined(separator: ",")
      throw StageFailure(
        code: "cannot-rank",
        "\(name) has predictions and no metrics: bind both with the same ids, as from: [$scores.metrics, "
          + "$scores.predictions]")
    }
    return scores
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
