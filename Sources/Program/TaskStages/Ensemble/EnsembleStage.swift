package import Artifacts
import Inputs
import ModelStages
import Rankings
import Wording

/// Averages what several models say of the rows of one task.
package enum EnsembleStage: Stage {
  static let weights = ParameterKey<String>(
    "weights", .choice(["equal", "dev"]), default: "equal", neutral: "equal",
    help: "How much each member counts: all the same, or as its primary metric on dev, one over the squared error for "
      + "values. Members at or below chance do not count then.")

  package static let declaration = StageDeclaration(
    name: "ensemble", version: 2,
    summary:
      "Average what several models say of the rows of a task: over seeds, tokenizers, architectures or kinds.",
    parameters: [weights.parameter, FineTuneStage.threshold.parameter],
    inputs: [
      InputPort(
        "members", [.metrics, .predictions], roles: ["member"],
        help: "Metrics and predictions of each model, on the same rows: of one task, with one hold-out.")
    ],
    outputs: [
      OutputPort("metrics", .metrics, .file, help: "The metrics of the mean on dev and test, with intervals."),
      .predictions,
    ],
    tolerance: MetricsDocument.tolerance,
    example: """
      together:
        stage: ensemble
        in: { members: { from: [$scores.metrics, $scores.predictions], over: { member: [seed] } } }
      """)

  /// One model.
  private struct Member {
    let name: String
    let metrics: MetricsDocument
    let predictions: PredictionsArtifact
  }

  package static func run(_ context: StageContext) throws {
    let members = try members(context.inputs["members"] ?? [])
    let first = members[0]
    let weights = try context[Self.weights] == "dev" ? byDev(members) : members.map { _ in 1 / Double(members.count) }
    let measurables = { (split: String) in try members.map { try self.split(split, of: $0, as: first).predictions } }
    let isHalf = context[FineTuneStage.threshold] == "half"
    do {
      // Models that were refitted on all of train have none.
      let refitted = members.filter { $0.predictions.splits["hold-out"] == nil }
      let isWithout = refitted.count == members.count
      if !isHalf, !isWithout, let one = refitted.first {
        throw StageFailure(
          code: "other-rows",
          "the member '\(one.name)' was trained on all of train and has no hold-out, as others have: refit all or "
            + "none, or 'threshold: half'")
      }
      let threshold =
        try isHalf
        ? 0
        : isWithout
          ? zip(members, weights).reduce(0) { $0 + ($1.0.metrics.threshold ?? 0) * $1.1 }
          : Ensemble.threshold(measurables("hold-out"), weights: weights)
      let hasHoldOut = !isHalf || shareHoldOut(members)
      if !hasHoldOut {
        context.report(
          .warning("the members have other hold-outs: the predictions of the ensemble are of dev and test"))
      }
      let names = first.predictions.splits.keys.filter { hasHoldOut || $0 != "hold-out" }.sorted()
      var means: [String: any Measurable] = [:]
      for name in names { means[name] = try Ensemble.mean(measurables(name), weights: weights, threshold: threshold) }
      guard let dev = means["dev"], let test = means["test"] else {
        throw StageFailure(code: "bad-predictions", "the predictions have no rows of dev, or of test")
      }
      let architectures = Set(members.map(\.metrics.architecture))
      var document = MetricsDocument(
        architecture: architectures.count == 1 ? first.metrics.architecture : nil,
        model: "ensemble of \(members.count)", settings: settings(members, weights, context),
        parameters: members.reduce(0) { $0 + $1.metrics.parameters }, rows: first.metrics.rows,
        metrics: Metrics(
          primary: first.metrics.metrics.primary, dev: dev.metrics(first.predictions.splits["dev"]?.partners),
          test: test.metrics(first.predictions.splits["test"]?.partners)))
      document.threshold = first.metrics.threshold.map { _ in threshold }
      document.classes = first.metrics.classes
      try document.write(context)
      let order = ["hold-out", "dev", "test"]
      try PredictionsArtifact.write(
        order.compactMap { name in
          means[name].map { (name, first.predictions.splits[name]!.sequences, $0) }
        }, classes: first.predictions.classes, context)
    } catch let fault as Ensemble.Fault {
      throw StageFailure(code: "cannot-average", fault.description)
    }
  }

  private static func members(_ inputs: [StageInput]) throws -> [Member] {
    let members = try GatheredResult.all(inputs, code: "cannot-average").map { result -> Member in
      guard let metrics = result.metrics, let predictions = result.predictions else {
        throw StageFailure(
          code: "cannot-average",
          "the member '\(result.name)' needs both its metrics and its predictions: from: [$scores.metrics, "
            + "$scores.predictions]")
      }
      return Member(name: result.name, metrics: metrics, predictions: predictions)
    }
    guard let first = members.first else {
      throw StageFailure(code: "cannot-average", "there is no member")
    }
    // Columns are averaged by their places.
    if let other = members.first(where: { $0.predictions.classes != first.predictions.classes }) {
      throw StageFailure(
        code: "other-classes",
        "the predictions of '\(first.name)' and '\(other.name)' have other classes, or in another order")
    }
    return members
  }

  /// Whether all members have predictions of the same rows of the hold-out.
  private static func shareHoldOut(_ members: [Member]) -> Bool {
    Set(members.map { $0.predictions.splits["hold-out"]?.rows }).count == 1
  }

  /// The rows of a split as a member predicts them, which must be those of the first.
  private static func split(
    _ name: String, of member: Member, as first: Member
  ) throws -> PredictionsArtifact.Split {
    guard let split = member.predictions.splits[name], let other = first.predictions.splits[name],
      split.rows == other.rows
    else {
      let remedy =
        name == "hold-out"
        ? ": one 'hold-out-seed' for all, and all refitted or none; or 'threshold: half'" : ""
      throw StageFailure(
        code: "other-rows", "the members '\(first.name)' and '\(member.name)' have other rows of \(name)\(remedy)")
    }
    return split
  }

  /// Weights by the primary metric on dev; they add up to 1.
  private static func byDev(_ members: [Member]) throws -> [Double] {
    let values = members.map { member -> Double in
      let metrics = member.metrics.metrics
      let value = metrics.dev[metrics.primary]?.value ?? 0
      if !metrics.higherIsBetter { return value > 0 ? 1 / (value * value) : 0 }
      return max(0, metrics.primary == .auroc ? value - 0.5 : value)
    }
    let sum = values.reduce(0, +)
    guard sum > 0 else {
      throw StageFailure(code: "cannot-average", "no member is better than chance on dev: 'weights: equal' counts all")
    }
    return values.map { $0 / sum }
  }

  private static func settings(_ members: [Member], _ weights: [Double], _ context: StageContext) -> String {
    let list = zip(members, weights).map { "\($0.name) \(Words.fixed($1, 3))" }.joined(separator: ", ")
    return context[Self.weights] == "dev"
      ? "weights by dev: \(list)" : "the mean of " + members.map(\.name).joined(separator: ", ")
  }
}
