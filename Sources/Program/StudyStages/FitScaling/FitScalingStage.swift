package import Artifacts
import Inputs
import ModelStages
import Statistics
import Wording

/// Fits how losses of pretrainings fall with size, data and operations.
package enum FitScalingStage: Stage {
  package static let declaration = StageDeclaration(
    name: "fit-scaling", version: 2,
    summary: "Fit scaling laws to pretrainings of several sizes and budgets, and compare families of architectures.",
    parameters: [],
    inputs: [
      InputPort(
        "trainings", [.history], roles: ["family", "candidate", "replicate"], acceptsFailures: true,
        help: "Histories of pretrainings of one architecture each by one objective, measured on the same held-out "
          + "tokens. Trainings whose operations lie within a quarter of each other's are of one budget. Failures are "
          + "left out, and named.")
    ],
    outputs: [
      OutputPort(
        "scaling", .scaling, .file,
        help: "By family and budget, a parabola of loss over the logarithm of size, with its minimum; the exponents of "
          + "the best size and of its tokens over operations; the law L = E + A / N^alpha + B / D^beta, by Huber's "
          + "loss of logarithms; for every two families the differences, with Holm's correction. Intervals of 95 % are "
          + "those of a bootstrap of residuals. N counts all trained numbers, D tokens with repetition.")
    ],
    example: """
      scaling:
        stage: fit-scaling
        in:
          trainings:
            - from: $transformer.history
              over: { family: [name: transformer], candidate: [size, budget] }
            - from: $mamba.history
              over: { family: [name: mamba], candidate: [size, budget] }
      """)

  package static func run(_ context: StageContext) throws {
    var runs: [(family: String, run: ScalingRun)] = []
    var (missing, losses): ([String], [String: String]) = ([], [:])
    for input in context.inputs["trainings"] ?? [] {
      let family = (input.ids["family"] ?? []).joined(separator: ",")
      let name = ["family", "candidate", "replicate"].flatMap { input.ids[$0] ?? [] }.joined(separator: ",")
      guard let artifact = input.artifact else {
        missing.append("\(name) (its step failed)")
        continue
      }
      let history = try JSONArtifact.decode(TrainingHistory.self, artifact.bytes())
      switch Self.run(history) {
      case .success(let run):
        runs.append((family, run))
        losses[history.lossName] = losses[history.lossName] ?? name
      case .failure(let reason): missing.append("\(name) (\(reason.message))")
      }
    }
    guard runs.count > 2 else {
      throw StageFailure(
        code: "few-trainings",
        "\(Words.count(runs.count, "training")) with a held-out loss: a curve needs three sizes"
          + (missing.isEmpty ? "" : "; left out: " + missing.prefix(3).joined(separator: "; ")))
    }
    guard losses.count == 1, let loss = losses.keys.first else {
      let list = losses.sorted { $0.key < $1.key }.map { "\($0.key) of \($0.value)" }
      throw StageFailure(
        code: "mixed-losses", "losses of other objectives are other numbers, and make no curve: "
          + list.joined(separator: "; "))
    }
    if !missing.isEmpty {
      context.report(
        .warning("\(Words.count(missing.count, "training")) left out: \(missing.prefix(3).joined(separator: "; "))"))
    }
    guard let study = ScalingStudy(runs, isInterrupted: context.isInterrupted) else { throw Interrupted() }
    let document = ScalingDocument(study: study, loss: loss, missing: missing)
    for gap in document.gaps { context.report(.warning(gap)) }
    try context.outputs.write("scaling", "", JSONArtifact.encode(document))
  }

  /// Why a training is no point of a study.
  private struct Reason: Error { let message: String }

  private static func run(_ history: TrainingHistory) -> Result<ScalingRun, Reason> {
    guard history.heldOut.count == 1, let point = history.heldOut.first else {
      return .failure(
        Reason(message: history.heldOut.isEmpty ? "it has no held-out loss" : "it is of several architectures"))
    }
    guard let parameters = point.parameters, let tokens = history.trained, let operations = history.operations else {
      return .failure(Reason(message: "its history is of a stage version before 7"))
    }
    guard point.loss > 0, parameters > 0, tokens > 0, operations > 0 else {
      return .failure(Reason(message: "its loss is not above 0"))
    }
    return .success(
      ScalingRun(
        parameters: Double(parameters), tokens: Double(tokens), operations: operations, loss: point.loss))
  }
}

extension ArtifactKind {
  /// Scaling laws of families of architectures.
  package static let scaling = ArtifactKind("scaling")
}
