/// A value of a parameter or of an axis item, after YAML has been read.
package enum Value: Hashable, Sendable, CustomStringConvertible {
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  case list([Value])

  /// The value as a person writes it in YAML; numbers in their shortest exact form.
  package var description: String {
    switch self {
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .float(let value):
      value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    case .string(let value): value
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    }
  }

  /// The value in the canonical encoding.
  package var canonical: Canonical {
    switch self {
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .float(let value): .float(value)
    case .string(let value): .string(value)
    case .list(let values): .list(values.map(\.canonical))
    }
  }

  /// The value that `canonical` encodes. Throws for null, bytes and maps, which are no values.
  package init(_ canonical: Canonical) throws(CanonicalError) {
    switch canonical {
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .float(let value): self = .float(value)
    case .string(let value): self = .string(value)
    case .list(let values):
      var list: [Value] = []
      for value in values { list.append(try Value(value)) }
      self = .list(list)
    case .null, .bytes, .map: throw CanonicalError(offset: 0, reason: "not a parameter value")
    }
  }
}
