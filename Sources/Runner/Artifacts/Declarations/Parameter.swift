/// One typed parameter of a stage.
package struct Parameter: Sendable {
  /// The part of a computation that a parameter decides, and with it where it is written.
  package enum Role: String, Sendable {
    /// The computation itself: in the key.
    case semantic
    /// The length of the computation: in the key, not in the keys of training segments.
    case horizon
    /// The way of carrying it out, as threads: in no key.
    case resource
  }

  package let name: String
  package let type: ParameterType
  /// nil: the pipeline must state it.
  package let defaultValue: Value?
  /// The value that is left out of the key. Never changed once released; nil: always written.
  package let neutral: Value?
  package let unit: String
  package let role: Role
  /// The parameter, a whole number in the unit of the training's length, up to which this one has no effect on a
  /// training: it is not in the keys of segments up to there. nil: it has an effect from the first step.
  package let onset: String?
  package let help: String

  package init(
    _ name: String, _ type: ParameterType, default defaultValue: Value?, neutral: Value?, unit: String = "",
    role: Role = .semantic, onset: String? = nil, help: String
  ) {
    self.name = name
    self.type = type
    self.defaultValue = defaultValue
    self.neutral = neutral
    self.unit = unit
    self.role = role
    self.onset = onset
    self.help = help
  }
}

extension Parameter {
  /// Whether `value` is left out of keys. Compared by bytes: Swift holds some strings of different bytes for equal.
  package func isNeutral(_ value: Value) -> Bool { value.canonical.encoded() == neutralEncoding }

  /// The encoding of the value that is left out of keys, if there is one.
  package var neutralEncoding: [UInt8]? {
    guard let neutral, case .success(let accepted) = type.accept(neutral) else { return nil }
    return accepted.canonical.encoded()
  }
}
