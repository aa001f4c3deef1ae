/// A parameter with the type that its stage reads: the stage declares it and reads it by one constant, never by a name.
package struct ParameterKey<Read: ParameterValue>: Sendable {
  package let parameter: Parameter

  /// The arguments are those of `Parameter`; `type` accepts values of the type `Read` alone.
  package init(
    _ name: String, _ type: ParameterType, default defaultValue: Read?, neutral: Read?, unit: String = "",
    role: Parameter.Role = .semantic, onset: String? = nil, help: String
  ) {
    parameter = Parameter(
      name, type, default: defaultValue?.parameterValue, neutral: neutral?.parameterValue, unit: unit, role: role,
      onset: onset,
      help: help)
  }

  /// The name of the parameter.
  package var name: String { parameter.name }
}

/// A type that a stage reads parameters as.
package protocol ParameterValue: Sendable {
  /// nil for a value of another type.
  static func reading(_ value: Value) -> Self?
  var parameterValue: Value { get }
}

extension Int: ParameterValue {
  package static func reading(_ value: Value) -> Int? { if case .int(let number) = value { number } else { nil } }
  package var parameterValue: Value { .int(self) }
}

extension Double: ParameterValue {
  package static func reading(_ value: Value) -> Double? { if case .float(let number) = value { number } else { nil } }
  package var parameterValue: Value { .float(self) }
}

extension Bool: ParameterValue {
  package static func reading(_ value: Value) -> Bool? { if case .bool(let truth) = value { truth } else { nil } }
  package var parameterValue: Value { .bool(self) }
}

extension String: ParameterValue {
  package static func reading(_ value: Value) -> String? { if case .string(let text) = value { text } else { nil } }
  package var parameterValue: Value { .string(self) }
}

extension Array: ParameterValue where Element: ParameterValue {
  package static func reading(_ value: Value) -> [Element]? {
    guard case .list(let values) = value else { return nil }
    let items = values.compactMap(Element.reading)
    return items.count == values.count ? items : nil
  }
  package var parameterValue: Value { .list(map(\.parameterValue)) }
}
