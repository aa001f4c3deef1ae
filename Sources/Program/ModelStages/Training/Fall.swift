import Artifacts
import Training

/// The fall of the learning rate, as the parameters of a schedule state it.
struct Fall {
  /// `wsd` or `cosine`.
  let name: String
  /// Steps before it, and of it.
  let start: Int
  let steps: Int
  /// The part of the rate that is left; nil where that is not known yet.
  let rest: Double?

  /// nil where the rate does not fall, and where that is not known yet.
  init?(_ settings: StageSettings) {
    guard let name = settings[OptimizerParameters.schedule], name != "constant",
      let start = settings[OptimizerParameters.decayFrom], let steps = settings[OptimizerParameters.decaySteps],
      steps > 0
    else { return nil }
    self.name = name
    self.start = start
    self.steps = steps
    rest = settings[OptimizerParameters.decayTo]
  }

  var end: Int { start + steps }

  var schedule: Schedule {
    name == "wsd"
      ? .linear(start: start, steps: steps, end: rest ?? 0) : .cosine(start: start, steps: steps, end: rest ?? 0)
  }

  /// The reason why it does not fit in a training of `total` steps, and the parameter that is to blame; nil where it
  /// does.
  func misfit(in total: Int) -> (message: String, place: String)? {
    if start >= total {
      return (
        "the learning rate does not fall: 'decay-from' is \(start), the training has \(total) steps", "decay-from"
      )
    }
    guard end < total, rest == 0 else { return nil }
    return (
      "nothing is learnt after step \(end) of \(total), where the learning rate has fallen to zero", "decay-steps"
    )
  }
}
