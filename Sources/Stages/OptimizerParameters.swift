import Artifacts
import Layers

extension Parameter {
  /// What every stage that trains says of AdamW and its schedule.
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

extension Advice {
  /// Of a training whose length is the parameter `horizon`, in steps: its learning rate falls until the end and for
  /// more than half of it, so that a longer training, with a longer fall, goes another way from early on.
  static func longFall(of horizon: String) -> Advice {
    Advice(at: "schedule", reads: [horizon, "schedule", "decay-from", "decay-steps"]) { values in
      guard case .int(let total)? = values[horizon], case .string(let schedule)? = values["schedule"],
        case .int(let start)? = values["decay-from"], case .int(let steps)? = values["decay-steps"],
        schedule != "constant", steps > 0, start + steps >= total, start < total / 2
      else { return nil }
      let shared = start == 0 ? "nothing" : "only the first \(Figures.grouped(start)) steps"
      let late = total - total / 10
      return (
        "with 'schedule: \(schedule)' from step \(start) to the end a longer training shares \(shared) with this one",
        "'schedule: wsd' with 'decay-from: \(late)' would let it reuse \(Figures.grouped(late)) steps"
      )
    }
  }

  /// Of a training whose number of steps is known only when it runs: its learning rate falls from the first step on.
  static let fallFromTheStart = Advice(at: "schedule", reads: ["schedule", "decay-from", "decay-steps"]) { values in
    guard case .string(let schedule)? = values["schedule"], schedule != "constant", values["decay-from"] == .int(0),
      values["decay-steps"] != .int(0)
    else { return nil }
    return (
      "with 'schedule: \(schedule)' from step 0 a training with a longer fall shares nothing with this one",
      "'schedule: wsd' with a late 'decay-from' would let it reuse all steps before that one"
    )
  }
}

extension StageContext {
  /// The rule that the parameters of `Parameter.optimizer` make. Throws `StageFailure` when they contradict each other;
  /// warns of a fall that does not fit in a training of so many steps.
  func optimizer(steps: Int) throws -> AdamW {
    let rule = AdamW(
      rate: float("lr"), decay: float("weight-decay"), clip: float("clip") == 0 ? .infinity : float("clip"),
      warmup: int("warm-up"), schedule: try schedule())
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

  private func schedule() throws -> Schedule {
    let (name, start, steps, end) = (string("schedule"), int("decay-from"), int("decay-steps"), float("decay-to"))
    guard name != "constant" else {
      guard start == 0, steps == 0, end == 0 else {
        throw StageFailure(
          code: "bad-schedule", "a constant schedule has no fall; take 'wsd' or 'cosine', or leave the decay out")
      }
      return .constant
    }
    guard steps > 0 else {
      throw StageFailure(
        code: "bad-schedule",
        "the schedule '\(name)' needs 'decay-steps', the length of its fall: it does not follow from how far the "
          + "training goes, so that a training can be extended")
    }
    guard start + steps > int("warm-up") else {
      throw StageFailure(code: "bad-schedule", "the fall of the learning rate ends before its warm-up does")
    }
    return name == "wsd"
      ? .linear(start: start, steps: steps, end: end) : .cosine(start: start, steps: steps, end: end)
  }
}
