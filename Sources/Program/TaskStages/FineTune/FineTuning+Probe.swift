import Artifacts
import Inputs
import ModelStages
import Rankings
import Training
import Wording

extension FineTuning {
  /// The metrics of a linear model of the features that the model gives as it is.
  func probed(_ task: TaskSplits, _ tokens: TaskTokens) throws -> MetricsDocument {
    let probe = try LinearProbe(setup(task, tokens))
    context.tell(inherited: probe.inherited)
    let strengths = LinearProbe.strengths.count
    let isFitted = try probe.fit(isCancelled: context.isInterrupted) { report in
      switch report {
      case .features(let done, let total):
        context.report(.progress(done: done, total: total, unit: "examples", detail: "features"))
      case .fit(let number, let strength, let score):
        let value = task.metric.higherIsBetter ? score : -score
        context.report(
          .progress(done: number, total: strengths, unit: "fits", detail: "C \(Words.short(strength))"))
        context.report(.metric(name: "hold-out \(task.metric.rawValue)", step: number, value: value))
      }
    }
    guard isFitted, let choice = probe.choice else { throw Interrupted() }
    var document = try finished(
      task, tokens, parameters: probe.parameterCount, inherited: probe.inherited?.blocks
    ) { data in
      guard let outputs = try probe.evaluate(data, isCancelled: context.isInterrupted) else { throw Interrupted() }
      return outputs
    }
    document.settings =
      "linear probe, C \(Words.short(choice.strength)): the best of \(strengths) on the hold-out"
    return document
  }
}
