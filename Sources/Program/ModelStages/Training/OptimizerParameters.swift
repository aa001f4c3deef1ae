import Artifacts
import DataStages
import Training

extension Parameter {
  /// The parameters of AdamW and its schedule, which every stage that trains has.
  static func optimizer(warmUp: Int) -> [Parameter] {
    [
      Parameter(
        "lr", .float(1e-9...10), default: .float(1e-3), neutral: .float(1e-3), help: "Learning rate of AdamW."),
      Parameter(
        "warm-up", .int(0...1_000_000), default: .int(warmUp), neutral: .int(warmUp), unit: "steps",
        help: "Steps over which the learning rate rises from zero."),
      Parameter(
        "schedule", .choice(["constant", "wsd", "cosine"]), default: .string("constant"),
        neutral: .string("constant"), onset: "decay-from",
        help: "After the warm-up: constant; wsd, constant and then a straight fall; cosine, a fall along half a cosine."
      ),
      Parameter(
        "decay-from", .int(0...1_000_000_000), default: .int(0), neutral: .int(0), unit: "steps", onset: "decay-from",
        help: "The step at which the learning rate begins to fall."),
      Parameter(
        "decay-steps", .int(0...1_000_000_000), default: .int(0), neutral: .int(0), unit: "steps", onset: "decay-from",
        help: "Length of the fall. It is stated, not taken from how far the training goes, which may be raised later."),
      Parameter(
        "decay-to", .float(0...1), default: .float(0), neutral: .float(0), unit: "fraction", onset: "decay-from",
        help: "What is left of the learning rate after the fall."),
      Parameter(
        "weight-decay", .float(0...10), default: .float(0.01), neutral: .float(0.01),
        help: "Decoupled decay; norms, biases, a Mamba's A and D and a Hyena's filters are exempt."),
      Parameter(
        "clip", .float(0...1e6), default: .float(1), neutral: .float(1),
        help: "Largest norm of a gradient; 0 sets no bound."),
    ]
  }
}

extension StageContext {
  /// The rule that the parameters of `Parameter.optimizer` make. Warns of a fall that does not fit
  /// in a training of so many steps.
  func optimizer(steps: Int) -> AdamW {
    let rule = AdamW(
      rate: float("lr"), decay: float("weight-decay"), clip: float("clip") == 0 ? .infinity : float("clip"),
      warmup: int("warm-up"), schedule: schedule())
    let (start, end) = (int("decay-from"), int("decay-from") + int("decay-steps"))
    if rule.schedule != .constant {
      if start >= steps {
        report(.warning("the learning rate does not fall: 'decay-from' is \(start), the training has \(steps) steps"))
      } else if end < steps, float("decay-to") == 0 {
        report(
          .warning("nothing is learnt after step \(end) of \(steps), where the learning rate has fallen to zero"))
      }
    }
    return rule
  }

  /// The rule `schedule` holds of the parameters.
  private func schedule() -> Schedule {
    let (start, steps, end) = (int("decay-from"), int("decay-steps"), float("decay-to"))
    switch string("schedule") {
    case "wsd": return .linear(start: start, steps: steps, end: end)
    case "cosine": return .cosine(start: start, steps: steps, end: end)
    default: return .constant
    }
  }
}
