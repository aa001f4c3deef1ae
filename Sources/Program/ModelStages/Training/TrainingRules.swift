package import Artifacts
import DataStages
import Labelled
import Networks
import Rankings
import Sequences
import Spaces
import Wording

extension StageRule {
  /// The architecture of a pretraining, whose objective says in which direction it reads.
  static let pretrainedArchitecture: StageRule = StageRule.architecture(reads: "objective") { settings in
    settings.string("objective").map { PretrainObjective.named($0)?.isCausal ?? false }
  }

  /// The parameters of the schedule go together. `standard` is the warm-up in steps that a stage has by itself.
  package static func schedule(_ unit: FallUnit, warmUp standard: Int = 0) -> StageRule {
    let inSteps = OptimizerParameters.warmUp().name, inEpochs = OptimizerParameters.warmUpEpochs.name
    let warmUps = unit.name == "step" ? [inSteps] : [inEpochs, inSteps]
    let budgets = unit.name == "step" ? [TrainingParameters.budget.name] : []
    return StageRule(reads: unit.parameters.map(\.name) + warmUps + budgets) { settings in
      guard let name = settings[unit.schedule], let start = settings[unit.start], let length = unit.length(settings),
        let end = settings[unit.rest]
      else { return [] }
      let error = { (places: (String, String), message: String) in
        [StageFinding.error("bad-schedule", message, at: places.0, places.1)]
      }
      let epochs = settings[OptimizerParameters.warmUpEpochs]
      if let epochs, epochs > 0, let steps = settings.int(inSteps), steps != standard {
        return error((inEpochs, inSteps), "'\(inSteps)' and '\(inEpochs)' state one thing: leave one of them out")
      }
      if name == "constant" {
        let stated = [(unit.start.name, start != 0), (unit.length.name, length != 0), (unit.rest.name, end != 0)]
        guard let place = stated.first(where: { $0.1 })?.0 else { return [] }
        return error(
          (place, "schedule"),
          "a constant schedule has no fall, so '\(place)' is not read: take 'wsd' or 'cosine', or leave it out")
      }
      let isOfBudget = settings[TrainingParameters.budget] ?? 0 > 0
      if length == 0, !isOfBudget {
        return error(
          (unit.length.name, "schedule"),
          "the schedule '\(name)' needs '\(unit.length.name)', the length of its fall: it does not follow from how "
            + "far the training goes, so that a training can be extended")
      }
      let warmUp = unit.name == "step" ? settings.int(warmUps[0]).map(Double.init) : epochs
      guard length > 0, let warmUp, Double(start) + length <= warmUp else { return [] }
      return error(
        (unit.length.name, warmUps[0]),
        "the fall of the learning rate ends before its warm-up does: at \(unit.name) "
          + "\(Fall.words(Double(start) + length)) of \(Fall.words(warmUp))")
    }
  }

  /// A budget takes the place of a number of steps, and the fall of the learning rate follows from it.
  static let budget: StageRule = StageRule(
    reads: [TrainingParameters.budget.name, PretrainStage.steps.name] + FallUnit.steps.parameters.map(\.name)
  ) { settings in
    guard let budget = settings[TrainingParameters.budget], budget > 0 else { return [] }
    let (start, length) = (FallUnit.steps.start.name, FallUnit.steps.length.name)
    let stated = PretrainStage.declaration.stated([PretrainStage.steps.name, start, length], settings)
    let own = stated.map { name in
      StageFinding.error(
        "bad-budget", "'budget' says how long the training is and where its rate falls: leave '\(name)' out",
        at: name, "budget")
    }
    if !settings.bound.contains("space") { return own }
    return own + [
      .error("bad-budget", "a budget is of one architecture: bind 'architecture' in place of 'space'", at: "budget")
    ]
  }

  /// The fall of the learning rate lies within a training whose length is the parameter `horizon`.
  package static func fall(_ unit: FallUnit, in horizon: String) -> StageRule {
    StageRule(reads: [horizon] + unit.parameters.map(\.name)) { settings in
      guard let total = settings.int(horizon), let misfit = Fall(settings, in: unit)?.misfit(in: total) else {
        return []
      }
      return [.warning(misfit.message, at: misfit.place, "schedule")]
    }
  }

  /// The learning rate of a training whose length is the parameter `horizon` falls until the end and for more than half
  /// of it, so that a longer training, with a longer fall, goes another way from early on.
  package static func longFall(_ unit: FallUnit, of horizon: String) -> StageRule {
    StageRule(reads: [horizon] + unit.parameters.map(\.name)) { settings in
      guard let total = settings.int(horizon), let fall = Fall(settings, in: unit), fall.end >= Double(total),
        fall.start < total / 2
      else { return [] }
      let units = { (count: Int) in "\(Words.grouped(count)) \(unit.name)\(count == 1 ? "" : "s")" }
      let shared = fall.start == 0 ? "nothing" : "only the first \(units(fall.start))"
      let late = total - max(1, total / 10)
      return [
        .warning(
          "with 'schedule: \(fall.name)' from \(unit.name) \(fall.start) to the end a longer training shares "
            + "\(shared) with this one", at: "schedule",
          help: "'schedule: wsd' with '\(unit.start.name): \(late)' would let it reuse \(units(late))")
      ]
    }
  }

  /// Parameters that only one objective, or one way of measuring, reads.
  private static let readers: [(parameter: String, choices: [(value: String, names: [String])])] = [
    (
      "objective",
      PretrainObjective.all.sorted { $0.name < $1.name }.map { ($0.name, $0.parameters.map(\.name)) }
    ),
    ("held-out", [("all", ["held-out-length", "held-out-context"]), ("sample", ["held-out-batches"])]),
    ("positions", [("learned", ["max-positions"])]),
  ]

  /// The parameters of an objective go together, and it reads all that is stated.
  static let objective: StageRule = StageRule(
    reads: [
      "objective", "held-out", "positions", "length", "batch", "accumulate", "decoder", "strands", "architecture",
    ]
      + readers.flatMap { $0.choices.flatMap(\.names) }
  ) { settings in
    let error = { (place: String, other: String, message: String) in
      StageFinding.error("bad-objective", message, at: place, other)
    }
    var findings: [StageFinding] = []
    for (parameter, choices) in readers {
      guard let chosen = settings.string(parameter) else { continue }
      let form = { (value: String) in
        parameter == "objective" ? "the objective '\(value)'" : "'\(parameter): \(value)'"
      }
      for (value, names) in choices where value != chosen {
        findings += PretrainStage.declaration.stated(names, settings).map {
          error($0, parameter, "'\($0)' belongs to \(form(value)); \(form(chosen)) does not read it")
        }
      }
    }
    return findings + contradictions(settings, error)
  }

  private static func contradictions(
    _ settings: StageSettings, _ error: (String, String, String) -> StageFinding
  ) -> [StageFinding] {
    var findings: [StageFinding] = []
    let objective = settings.string("objective").flatMap(PretrainObjective.named)
    if objective?.comparesSequences == true {
      if settings.int("batch") == 1 {
        findings.append(error("batch", "objective", "a contrast needs a batch of at least 2 sequences"))
      }
      if let parts = settings.int("accumulate"), parts > 1 {
        findings.append(
          error(
            "accumulate", "objective",
            "a contrast compares the whole batch, which 'accumulate' would cut; lower 'batch' instead"))
      }
      if settings.string("held-out") == "all" {
        findings.append(
          error("held-out", "objective", "a contrast is measured on batches; 'held-out: all' is for mm, ntp and mae"))
      }
      let share = (settings.float("token-dropout") ?? 0) + (settings.float("token-substitution") ?? 0)
      if share > 1 {
        findings.append(
          error(
            "token-substitution", "token-dropout",
            "'token-dropout' and 'token-substitution' together are more than all tokens"))
      }
    }
    if objective?.asksAtRandom == true, let mask = settings.float("mask-token"),
      let random = settings.float("random-token"), mask + random > 1 || mask + random == 0
    {
      findings.append(
        error(
          "mask-token", "random-token",
          mask + random == 0
            ? "'mask-token' and 'random-token' are 0: nothing is hidden, each answer is in the input"
            : "'mask-token' and 'random-token' together are more than all letters to predict"))
    }
    if settings.string("strands") == "sum", let objective, !objective.sumsStrands {
      findings.append(
        error("strands", "objective", "'strands: sum' is for masked modelling, mm: \(objective.name) has no sum"))
    }
    if objective?.hasDecoder == true, let text = settings[PretrainObjective.decoder] {
      do {
        let encoder = settings.string("architecture").flatMap { try? Architecture(parsing: $0) }
        if let problem = try PretrainObjective.decoderForm(text).problem(of: encoder) {
          findings.append(error(encoder?.stride ?? 1 > 1 ? "architecture" : "decoder", "objective", "\(problem)"))
        }
      } catch let failure {
        findings.append(
          error(
            "decoder", "objective",
            "'decoder' is 'balanced', 'shallow' or an architecture: " + ((failure as? StageFailure)?.message ?? text)
          ))
      }
    }
    if objective?.needsPairs == true, settings.int("length") == 1 {
      findings.append(
        error("length", "objective", "a token that is predicted from others needs a 'length' of at least 2"))
    }
    if settings.string("held-out") == "all", let length = settings.int("length"),
      let own = settings.int("held-out-length"), let overlap = settings.int("held-out-context"),
      overlap >= (own == 0 ? length : own)
    {
      let pieces = own == 0 ? length : own
      findings.append(
        error(
          "held-out-context", "held-out-length",
          "'held-out-context' of \(overlap) tokens leaves nothing of pieces of \(pieces)"))
    }
    return findings
  }
}
