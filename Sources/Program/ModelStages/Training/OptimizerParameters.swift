package import Artifacts
import Training

/// The parameters of AdamW and its schedule, which every stage that trains has.
package enum OptimizerParameters {
  static let lr = ParameterKey<Double>(
    "lr", .float(1e-9...10), default: 1e-3, neutral: 1e-3, help: "Learning rate of AdamW.")
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

  static let warmUpEpochs = ParameterKey<Double>(
    "warm-up-epochs", .float(0...1000), default: 0, neutral: 0, unit: "epochs",
    help: "Epochs over which the learning rate rises from zero, in place of the steps of 'warm-up'; 0: as that says.")

  /// Those of a training whose length is stated in steps.
  static func ofSteps(warmUp: Int) -> [Parameter] { all([Self.warmUp(default: warmUp).parameter], .steps) }

  /// Those of a training whose length is stated in epochs.
  package static func ofEpochs(warmUp: Int) -> [Parameter] {
    all([Self.warmUp(default: warmUp).parameter, warmUpEpochs.parameter], .epochs)
  }

  private static func all(_ warmUp: [Parameter], _ unit: FallUnit) -> [Parameter] {
    [lr.parameter] + warmUp + unit.parameters + [weightDecay.parameter, clip.parameter]
  }
}

extension StageContext {
  /// The rule that `OptimizerParameters` make for a training whose length is stated in `unit`, of `total` where
  /// that is known.
  func optimizer(_ unit: CourseUnit, total: Int?) -> AdamW {
    let settings = StageSettings(values: parameters)
    let epochs = settings[OptimizerParameters.warmUpEpochs] ?? 0
    let warmUp =
      epochs > 0 ? max(1, Int((epochs * Double(unit.steps)).rounded())) : self[OptimizerParameters.warmUp()]
    let fall = Fall.of(settings, in: FallUnit(unit), total: total)
    if let (start, length) = fall?.steps(unit: unit.steps), start + length <= warmUp {
      report(
        .warning(
          "the fall of the learning rate ends before its warm-up does: at step \(start + length) of \(warmUp)"))
    }
    return AdamW(
      rate: self[OptimizerParameters.lr], decay: self[OptimizerParameters.weightDecay],
      clip: self[OptimizerParameters.clip] == 0 ? .infinity : self[OptimizerParameters.clip],
      warmup: warmUp, schedule: fall?.schedule(unit: unit.steps) ?? .constant)
  }
}

extension FallUnit {
  /// The unit in which a course states the fall of its rate.
  init(_ unit: CourseUnit) { self = unit == .step ? .steps : .epochs }
}
