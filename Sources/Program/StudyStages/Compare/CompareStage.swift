package import Artifacts
import Inputs
import Rankings
import TaskStages

/// Compares all pairs of candidates on the same rows.
package enum CompareStage: Stage {
  static let split = ParameterKey<String>(
    "split", .choice(Metrics.Split.allCases.map(\.rawValue)), default: "test", neutral: "test",
    help: "The rows on which candidates are compared. A choice belongs on dev, a report on test.")
  static let by = ParameterKey<String>(
    "by", .choice(Comparison.Basis.allCases.map(\.rawValue)), default: "rows", neutral: "rows",
    help:
      "The chance that a difference must exceed. rows: that of the rows, by a paired bootstrap, and of the seeds where "
      + "there are several. seeds: that of the seeds alone, by the signs of the differences on each task and seed; few "
      + "seeds cannot show little: six pairs of results have no smaller probability than 0.03.")
  static let level = ParameterKey<Double>(
    "level", .float(1e-6...0.5), default: 0.05, neutral: 0.05, unit: "probability",
    help:
      "Two are told apart where the probability of so large a difference by chance is below, after Holm's correction "
      + "for all pairs.")
  static let most = ParameterKey<Int>(
    "most", .int(2...1000), default: 60, neutral: 60, unit: "candidates",
    help: "Candidates that are compared, those with the best means; others are counted.")

  package static let declaration = StageDeclaration(
    name: "compare", version: 1,
    summary: "Compare all pairs of candidates on the same rows, and group those that the data do not tell apart.",
    parameters: [CandidateScore.metric.parameter, split.parameter, by.parameter, level.parameter, most.parameter],
    inputs: [
      InputPort(
        "scores", [.metrics, .predictions], roles: ["candidate", "task", "replicate"], acceptsFailures: true,
        help: "Metrics of every candidate on every task, with their predictions, by which models are compared on the "
          + "same rows. Candidates that failed are named. Any model may be one, a baseline too.")
    ],
    outputs: [
      OutputPort(
        "comparison", .comparison, .file,
        help:
          "Means with intervals, groups, and for every pair the difference with its interval and its probability by "
          + "rows, by seeds and over tasks; mean ranks with Friedman's test and the critical difference.")
    ],
    isParallel: true,
    example: """
      comparison:
        stage: compare
        in:
          scores:
            - from: [$scores.metrics, $scores.predictions]
              over: { candidate: [path], task: [task], replicate: [seed] }
            - from: [$linear.metrics, $linear.predictions]
              over: { candidate: [path: k-mers], task: [task] }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let split = Metrics.Split(rawValue: context[split])!
    let scores = try CandidateScore.all(context.inputs["scores"] ?? [], split: split, code: "cannot-compare")
    let metric = try CandidateScore.metric(context[CandidateScore.metric], of: scores, code: "cannot-compare")
    let measured = try Resampling(context).scores(scores, by: metric)
    let comparison: Comparison?
    do {
      comparison = try Comparison(
        measured, basis: Comparison.Basis(rawValue: context[by])!, level: context[level], most: context[most]
      ) { done, total in
        context.report(.progress(done: done, total: total, unit: "candidates", detail: "compared in pairs"))
        return !context.isInterrupted()
      }
    } catch { throw StageFailure(code: "cannot-compare", "\(error)") }
    guard let comparison else { throw Interrupted() }
    guard comparison.candidates.count > 1 else {
      let why = comparison.failures.isEmpty ? "" : ": " + comparison.failures.joined(separator: "; ")
      throw StageFailure(
        code: "nothing-to-compare",
        "\(comparison.candidates.isEmpty ? "no candidate has" : "only one candidate has") a value on every task\(why)")
    }
    if comparison.left > 0 {
      context.report(
        .warning(
          "compared are the \(comparison.candidates.count) candidates with the best means, and "
            + "\(comparison.left) others are not: raise 'most'"))
    }
    try context.outputs.write("comparison", "", JSONArtifact.encode(ComparisonDocument(split, comparison)))
  }
}

/// The `comparison` artifact.
struct ComparisonDocument: Codable {
  let split: String
  let comparison: Comparison

  init(_ split: Metrics.Split, _ comparison: Comparison) {
    (self.split, self.comparison) = (split.rawValue, comparison)
  }
}

extension ArtifactKind {
  /// All pairs of candidates, compared.
  package static let comparison = ArtifactKind("comparison")
}
