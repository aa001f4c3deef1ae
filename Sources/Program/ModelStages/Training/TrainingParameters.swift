import Artifacts

// Parameters of stages that train.
extension ParameterKey<String> {
  /// How the products of training are computed.
  static var precision: Self {
    Self(
      "precision", .choice(["fp32", "bf16"]), default: "fp32", neutral: "fp32",
      help: "bf16: products of bfloat16 numbers, summed in fp32, as weights are kept; fast on CPUs that have AMX or "
        + "AVX-512 BF16.")
  }
}

/// When a training saves its state.
enum CheckpointParameters {
  static let seconds = ParameterKey<Double>(
    "checkpoint-seconds", .float(1...86_400), default: 60, neutral: nil, unit: "seconds", role: .resource,
    help: "How often the state is saved, for going on after an interrupt.")
  static let steps = ParameterKey<[Int]>(
    "checkpoint-steps", .list(.int(1...1_000_000_000)), default: [], neutral: nil, unit: "steps", role: .resource,
    help: "Steps after which the state is kept, so that other trainings can branch off there; the last state, and "
      + "that where the learning rate begins to fall, are kept anyway.")

  static let all = [seconds.parameter, steps.parameter]
}
