import Artifacts
import Training
import Wording

/// The fall of the learning rate, as the parameters of a schedule state it.
struct Fall {
  let unit: FallUnit
  /// `wsd` or `cosine`.
  let name: String
  /// Units before it, and of it.
  let start: Int
  let length: Double
  /// The part of the rate that is left; nil where that is not known yet.
  let rest: Double?

  /// nil where the rate does not fall, and where that is not known yet.
  init?(_ settings: StageSettings, in unit: FallUnit) {
    guard let name = settings[unit.schedule], name != "constant", let start = settings[unit.start],
      let length = unit.length(settings), length > 0
    else { return nil }
    self.unit = unit
    self.name = name
    self.start = start
    self.length = length
    rest = settings[unit.rest]
  }

  /// Of a training that a budget makes `total` steps long: a cosine from the warm-up to the end, or the last fifth.
  private init?(_ settings: StageSettings, ofBudget total: Int) {
    guard let name = settings[FallUnit.steps.schedule], name != "constant" else { return nil }
    let warmUp = settings[OptimizerParameters.warmUp()] ?? 0
    unit = .steps
    self.name = name
    start = name == "wsd" ? total - max(1, total / 5) : min(warmUp, total - 1)
    length = Double(total - start)
    rest = settings[unit.rest]
  }

  /// The fall of a training of `total` units, where that is known; nil: the rate does not fall.
  static func of(_ settings: StageSettings, in unit: FallUnit, total: Int?) -> Fall? {
    guard let total, settings[TrainingParameters.budget] ?? 0 > 0 else { return Fall(settings, in: unit) }
    return Fall(settings, ofBudget: total)
  }

  var end: Double { Double(start) + length }

  /// The steps before it and of it, where a unit is `unit` steps.
  func steps(unit: Int) -> (start: Int, length: Int) {
    (start * unit, max(1, Int((length * Double(unit)).rounded())))
  }

  /// The schedule of a training of which a unit is `unit` steps.
  func schedule(unit: Int) -> Schedule {
    let (start, steps) = steps(unit: unit)
    return name == "wsd"
      ? .linear(start: start, steps: steps, end: rest ?? 0) : .cosine(start: start, steps: steps, end: rest ?? 0)
  }

  /// The reason why it does not fit in a training of `total` units, and the parameter that is to blame; nil where it
  /// does.
  func misfit(in total: Int) -> (message: String, place: String)? {
    let units = "\(total) \(unit.name)\(total == 1 ? "" : "s")"
    if start >= total {
      return (
        "the learning rate does not fall: '\(unit.start.name)' is \(start), the training has \(units)", unit.start.name
      )
    }
    guard end < Double(total), rest == 0 else { return nil }
    return (
      "nothing is learnt after \(unit.name) \(Self.words(end)) of \(total), where the learning rate has fallen to "
        + "zero", unit.length.name
    )
  }

  /// A number of units.
  static func words(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? Words.short(number)
  }
}
