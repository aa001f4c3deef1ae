import Artifacts
import Inputs
import LinearModels
import ModelStages
import Rankings
import Training
import UseStages
import Wording

extension FineTuning {
  /// The metrics of a linear model of the features that the model gives as it is.
  func probed(_ task: TaskSplits, _ tokens: TaskTokens) throws -> MetricsDocument {
    let setup = try setup(task, tokens)
    let probe = try LinearProbe(setup)
    context.tell(inherited: probe.inherited)
    let choice = try choice(task)
    let strengths = StandardizedModel.strengths.count
    let isFitted = try probe.fit(isCancelled: context.isInterrupted) { report in
      switch report {
      case .features(let done, let total):
        context.report(.progress(done: done, total: total, unit: "examples", detail: "features"))
      case .fit(let number, let strength, let score):
        let value = choice?.higherIsBetter ?? false ? score : -score
        context.report(
          .progress(done: number, total: strengths, unit: "fits", detail: "C \(Words.short(strength))"))
        context.report(.metric(name: "hold-out \(choice?.rawValue ?? "loss")", step: number, value: value))
      }
    }
    guard isFitted, let choice = probe.choice else { throw Interrupted() }
    var document = try finished(
      task, tokens, parameters: probe.parameterCount, inherited: probe.inherited?.blocks, outputs: probe.evaluate)
    document.settings =
      "linear probe, C \(Words.short(choice.strength)): the best of \(strengths) on the hold-out"
    try write(probe.network, setup, task, tokens, threshold: document.threshold)
    return document
  }
}
