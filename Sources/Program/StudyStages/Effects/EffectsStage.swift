package import Artifacts
import Inputs
import Rankings
import TaskStages

/// Tells how much results depend on each of several choices, and on pairs of them.
package enum EffectsStage: Stage {
  static let split = ParameterKey<String>(
    "split", .choice(Metrics.Split.allCases.map(\.rawValue)), default: "dev", neutral: "dev",
    help: "The rows on which candidates were measured. A choice belongs on dev, a report on test.")
  static let response = ParameterKey<String>(
    "response", .choice(Effects.Response.allCases.map(\.rawValue)), default: "ranks", neutral: "ranks",
    help:
      "The numbers whose variance is analysed: ranks within each task, or the metric itself. Means are in the metric "
      + "in either case.")

  package static let declaration = StageDeclaration(
    name: "effects", version: 1,
    summary: "Test how much results depend on each axis of candidates, on the task, and on pairs of these.",
    parameters: [CandidateScore.metric.parameter, split.parameter, response.parameter],
    inputs: [
      InputPort(
        "scores", [.metrics], roles: ["candidate", "task", "replicate"], acceptsFailures: true,
        help: "Metrics of candidates. Each axis of theirs is a factor, and so is the task where there are several; "
          + "replicates are observations. Combinations may be missing; failures are left out, and named.")
    ],
    outputs: [
      OutputPort(
        "effects", .effects, .file,
        help:
          "An analysis of variance by least squares with interactions of two factors (sums of squares of type II): F, "
          + "probabilities with Holm's correction, and partial omega squared with its 95 % interval; for every value "
          + "of a factor, and of two, the mean over all combinations of the others, with intervals and groups that "
          + "the data do not tell apart. Seeds count as independent: trainings of one pretraining share its luck.")
    ],
    example: """
      effects:
        stage: effects
        in:
          scores:
            from: $scores.metrics
            over: { candidate: [tok, block, objective], task: [task], replicate: [seed] }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let split = Metrics.Split(rawValue: context[split])!
    let scores = try CandidateScore.all(context.inputs["scores"] ?? [], split: split, code: "no-effects")
    let metric = try CandidateScore.metric(context[CandidateScore.metric], of: scores, code: "no-effects")
    let effects: Effects?
    do {
      effects = try Effects(
        scores.map { $0.score(by: metric($0), nil) }, response: Effects.Response(rawValue: context[response])!)
    } catch { throw StageFailure(code: "no-effects", "\(error)") }
    guard let effects else {
      throw StageFailure(
        code: "no-effects",
        "no axis of candidates has two values with a result: name axes in 'over', as candidate: [tok, block]")
    }
    if !effects.failures.isEmpty {
      let first = effects.failures.prefix(3).joined(separator: "; ")
      context.report(
        .warning("\(effects.failures.count) results are missing, which are left out: \(first)"))
    }
    if effects.errorDegrees == 0 {
      context.report(
        .warning("there are as many results as effects: without replicates nothing can be tested; add seeds"))
    }
    try context.outputs.write("effects", "", JSONArtifact.encode(EffectsDocument(split, effects)))
  }
}

/// The `effects` artifact.
struct EffectsDocument: Codable {
  let split: String
  let effects: Effects

  init(_ split: Metrics.Split, _ effects: Effects) { (self.split, self.effects) = (split.rawValue, effects) }
}

extension ArtifactKind {
  /// Effects of choices on results.
  package static let effects = ArtifactKind("effects")
}
