import Artifacts

/// The unit in which a stage states the fall of its learning rate, which is that of its length, and the parameters by
/// which it does. They have no effect before the fall begins.
package struct FallUnit: Sendable {
  /// `step` or `epoch`.
  let name: String
  let schedule: ParameterKey<String>
  /// Units before the fall.
  let start: ParameterKey<Int>
  /// Units of the fall: a whole number of steps, or any of epochs.
  let length: Parameter
  /// The share of the rate that is left.
  let rest: ParameterKey<Double>

  var parameters: [Parameter] { [schedule.parameter, start.parameter, length, rest.parameter] }

  static let steps = FallUnit(
    "step",
    start: ParameterKey(
      "decay-from", .int(0...1_000_000_000), default: 0, neutral: 0, unit: "steps", onset: "decay-from",
      help: "The step at which the learning rate begins to fall."),
    length: ParameterKey<Int>(
      "decay-steps", .int(0...1_000_000_000), default: 0, neutral: 0, unit: "steps", onset: "decay-from",
      help: lengthHelp
    ).parameter)

  package static let epochs = FallUnit(
    "epoch",
    start: ParameterKey(
      "decay-from-epoch", .int(0...100_000), default: 0, neutral: 0, unit: "epochs", onset: "decay-from-epoch",
      help: "Epochs after which the learning rate begins to fall: as many for a small task as for a large one."),
    length: ParameterKey<Double>(
      "decay-epochs", .float(0...100_000), default: 0, neutral: 0, unit: "epochs", onset: "decay-from-epoch",
      help: lengthHelp
    ).parameter)

  private static let lengthHelp =
    "Length of the fall. It is stated, not taken from how far the training goes, which may be raised later."

  private init(_ name: String, start: ParameterKey<Int>, length: Parameter) {
    self.name = name
    self.start = start
    self.length = length
    schedule = ParameterKey(
      "schedule", .choice(["constant", "wsd", "cosine"]), default: "constant", neutral: "constant",
      onset: start.name,
      help: "After the warm-up: constant; wsd, constant and then a straight fall; cosine, a fall along half a cosine.")
    rest = ParameterKey(
      "decay-to", .float(0...1), default: 0, neutral: 0, unit: "fraction", onset: start.name,
      help: "The share of the learning rate that is left after the fall.")
  }

  /// The length that is stated, in units; nil where it is not known.
  func length(_ settings: StageSettings) -> Double? {
    settings.int(length.name).map(Double.init) ?? settings.float(length.name)
  }
}
