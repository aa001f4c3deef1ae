package import Artifacts
package import Blocks
import Inputs
package import Training

/// Parameters of all stages that train, beside those of the optimizer.
package enum TrainingParameters {
  package static let accumulate = ParameterKey<Int>(
    "accumulate", .int(1...65_536), default: 1, neutral: 1, unit: "parts",
    help: "Parts that a batch is worked through in: the same step but for rounding, with the memory of one part.")
  static let budget = ParameterKey<Double>(
    "budget", .float(0...1e30), default: 0, neutral: 0, unit: "operations",
    help: "In place of 'steps': floating-point operations that one architecture is trained for, in as many steps as "
      + "come nearest, of full batches; a multiply-add is two, and backward costs twice as much as forward. A cosine "
      + "then falls from the warm-up to the end, wsd over the last fifth. Trainings of other budgets share no "
      + "state with it. 0: as 'steps' says.")
  package static let shards = ParameterKey<Int>(
    "shards", .int(1...256), default: 4, neutral: 4, unit: "shards",
    help: "Parts of a batch that threads work on; the result does not depend on the threads.")
  package static let precision = ParameterKey<String>(
    "precision", .choice(["fp32", "bf16"]), default: "fp32", neutral: "fp32",
    help: "bf16: products of bfloat16 numbers, summed in fp32, as weights are kept; fast on CPUs that have AMX or "
      + "AVX-512 BF16.")
  /// - Parameter auto: the meaning of `auto`.
  package static func positions(auto: String) -> ParameterKey<String> {
    ParameterKey(
      "positions", .choice(["auto"] + Positions.names), default: "auto", neutral: "auto",
      help:
        "What tells tokens their places, beside the blocks: nothing, or a learned vector or a sinusoid that is added "
        + "to each embedding. auto: \(auto).")
  }

  fileprivate static let positionsRead = positions(auto: "")
  static let checkpointSeconds = ParameterKey<Double>(
    "checkpoint-seconds", .float(1...86_400), default: 60, neutral: nil, unit: "seconds", role: .resource,
    help: "How often the state is saved, for going on after an interrupt.")
  static let checkpointSteps = ParameterKey<[Int]>(
    "checkpoint-steps", .list(.int(1...1_000_000_000)), default: [], neutral: nil, unit: "steps", role: .resource,
    help: "Steps after which the state is kept, so that other trainings can branch off there; the last state, and "
      + "that where the learning rate begins to fall, are kept anyway.")

  static let recompute = ParameterKey<Bool>(
    "recompute", .bool, default: false, neutral: nil, role: .resource,
    help: "Layers are computed anew for their backward pass: the same bits with less memory, which long sequences "
      + "need, in about a third more time.")

  /// How a training is computed and saved, whatever its result.
  package static let resources = [checkpointSeconds.parameter, checkpointSteps.parameter, recompute.parameter]
}

extension StageContext {
  /// How the parameters say that steps are computed, in a training whose length is stated in `unit`, of `total`
  /// where that is known.
  package func stepOptions(_ unit: CourseUnit, total: Int? = nil) -> StepOptions {
    var options = StepOptions()
    options.seed = self[.seed]
    options.optimizer = optimizer(unit, total: total)
    options.shards = self[TrainingParameters.shards]
    options.half = self[TrainingParameters.precision] == "bf16"
    options.accumulate = self[TrainingParameters.accumulate]
    options.recompute = self[TrainingParameters.recompute]
    options.threads = threads
    return options
  }
}

extension StageContext {
  /// The positions that the stage states, of so many tokens; nil: those of the weights, or none.
  package func positions(count: Int) -> Positions? { Positions(self[TrainingParameters.positionsRead], count: count) }
}
