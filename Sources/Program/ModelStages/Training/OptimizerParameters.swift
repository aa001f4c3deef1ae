import Artifacts
import Training

/// The parameters of AdamW and its schedule, which every stage that trains has.
enum OptimizerParameters {
  static let lr = ParameterKey<Double>(
    "lr", .float(1e-9...10), default: 1e-3, neutral: 1e-3, help: "Learning rate of AdamW.")
  static let schedule = ParameterKey<String>(
    "schedule", .choice(["constant", "wsd", "cosine"]), default: "constant",
    neutral: "constant", onset: "decay-from",
    help: "After the warm-up: constant; wsd, constant and then a straight fall; cosine, a fall along half a cosine."
  )
  static let decayFrom = ParameterKey<Int>(
    "decay-from", .int(0...1_000_000_000), default: 0, neutral: 0, unit: "steps", onset: "decay-from",
    help: "The step at which the learning rate begins to fall.")
  static let decaySteps = ParameterKey<Int>(
    "decay-steps", .int(0...1_000_000_000), default: 0, neutral: 0, unit: "steps", onset: "decay-from",
    help: "Length of the fall. It is stated, not taken from how far the training goes, which may be raised later.")
  static let decayTo = ParameterKey<Double>(
    "decay-to", .float(0...1), default: 0, neutral: 0, unit: "fraction", onset: "decay-from",
    help: "The share of the learning rate that is left after the fall.")
  static let weightDecay = ParameterKey<Double>(
    "weight-decay", .float(0...10), default: 0.01, neutral: 0.01,
    help: "Decoupled decay; norms, biases, a Mamba's A and D and a Hyena's filters are exempt.")
  static let clip = ParameterKey<Double>(
    "clip", .float(0...1e6), default: 1, neutral: 1,
    help: "Largest norm of a gradient; 0 sets no bound.")

  static func warmUp(default warmUp: Int = 0) -> ParameterKey<Int> {
    ParameterKey(
      "warm-up", .int(0...1_000_000), default: warmUp, neutral: warmUp, unit: "steps",
      help: "Steps over which the learning rate rises from zero.")
  }

  static func all(warmUp: Int) -> [Parameter] {
    [
      lr.parameter, Self.warmUp(default: warmUp).parameter, schedule.parameter, decayFrom.parameter,
      decaySteps.parameter, decayTo.parameter, weightDecay.parameter, clip.parameter,
    ]
  }
}

extension StageContext {
  /// The rule that `OptimizerParameters` make.
  var optimizer: AdamW {
    AdamW(
      rate: self[OptimizerParameters.lr], decay: self[OptimizerParameters.weightDecay],
      clip: self[OptimizerParameters.clip] == 0 ? .infinity : self[OptimizerParameters.clip],
      warmup: self[OptimizerParameters.warmUp()],
      schedule: Fall(StageSettings(values: parameters))?.schedule ?? .constant)
  }
}
