/// A parameter with the type that its stage reads: the stage declares it and reads it by one constant, never by a name.
package struct ParameterKey<Read: ParameterValue>: Sendable {
  package let parameter: Parameter

  /// The arguments are those of `Parameter`; `type` accepts values of the type `Read` alone.
  package init(
    _ name: String, _ type: ParameterType, default defaultValue: Read?, neutral: Read?, unit: String = "",
    role: Parameter.Role = .semantic, onset: String? = nil, help: String
  ) {
    parameter = Parameter(
      name, type, default: defaultValue?.value, neutral: neutral?.value, unit: unit, role: role, onset: onset,
      help: help)
  }

  package var name: String { parameter.name }
}

/// A type that a stage reads parameters as.
package protocol ParameterValue: Sendable {
  /// nil for a value of another type.
  init?(_ value: Value)
  var value: Value { get }
}

extension Int: ParameterValue {
  package init?(_ value: Value) { if case .int(let number) = value { self = number } else { return nil } }
  package var value: Value { .int(self) }
}

extension Double: ParameterValue {
  package init?(_ value: Value) { if case .float(let number) = value { self = number } else { return nil } }
  package var value: Value { .float(self) }
}

extension Bool: ParameterValue {
  package init?(_ value: Value) { if case .bool(let truth) = value { self = truth } else { return nil } }
  package var value: Value { .bool(self) }
}

extension String: ParameterValue {
  package init?(_ value: Value) { if case .string(let text) = value { self = text } else { return nil } }
  package var value: Value { .string(self) }
}

extension Array: ParameterValue where Element: ParameterValue {
  package init?(_ value: Value) {
    guard case .list(let values) = value else { return nil }
    let items = values.compactMap { Element($0) }
    guard items.count == values.count else { return nil }
    self = items
  }
  package var value: Value { .list(map(\.value)) }
}
