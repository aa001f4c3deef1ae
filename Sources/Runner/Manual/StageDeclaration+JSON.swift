package import Artifacts
package import JSON

extension StageDeclaration {
  /// The declaration for programs. A property that a parameter or port lacks is null.
  package var json: JSON {
    .object([
      ("stage", .string(name)), ("version", .int(version)), ("summary", .string(summary)),
      ("parameters", .array(parameters.map(\.json))), ("inputs", .array(inputs.map(\.json))),
      ("outputs", .array(outputs.map(\.json))), ("presets", .array(presets.map(\.json))),
      ("forms", .array(forms.map(\.json))),
    ])
  }
}

extension Preset {
  fileprivate var json: JSON {
    .object([("name", .string(name)), ("help", .string(help)), ("values", .sorted(values([:]).mapValues(\.json)))])
  }
}

extension Value {
  fileprivate var json: JSON {
    switch self {
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .float(let value): .double(value)
    case .string(let value): .string(value)
    case .list(let values): .array(values.map(\.json))
    }
  }
}

extension TextForm {
  fileprivate var json: JSON {
    .object([
      ("name", .string(name)), ("at", .strings(places)), ("help", .string(help)), ("example", .string(example)),
      ("pattern", .string(pattern)),
      ("parts", .array(rows.map { .object([("name", .string($0.name)), ("help", .string($0.help))]) })),
    ])
  }
}

extension Parameter {
  fileprivate var json: JSON {
    .object([
      ("name", .string(name)), ("type", .string(type.description)), ("default", defaultValue?.json ?? .null),
      ("neutral", neutral?.json ?? .null), ("unit", .string(unit)), ("role", .string(role.rawValue)),
      ("help", .string(help)),
    ])
  }
}

extension InputPort {
  fileprivate var json: JSON {
    .object([
      ("name", .string(name)), ("kinds", .array(kinds.map { .string($0.name) })), ("required", .bool(required)),
      ("alternative", alternative.map(JSON.string) ?? .null), ("roles", .array(roles.map(JSON.string))),
      ("acceptsFailures", .bool(acceptsFailures)), ("acceptsText", .bool(acceptsText)),
      ("acceptsSeveral", .bool(acceptsSeveral)), ("as", form.map { .string($0.rawValue) } ?? .null),
      ("help", .string(help)),
    ])
  }
}

extension OutputPort {
  fileprivate var json: JSON {
    .object([
      ("name", .string(name)), ("kind", .string(kind.name)), ("layout", .string(layout.rawValue)),
      ("member", member.map { .string($0.name) } ?? .null), ("help", .string(help)),
    ])
  }
}
