import JSON

/// One entity of a crate's graph: flat, and lists of one value written as the value, as JSON-LD compacts them.
struct Entity {
  let id: String
  private let types: [String]
  private var members: [(key: String, value: JSON)] = []

  init(_ id: String, _ types: String...) { (self.id, self.types) = (id, types) }

  /// States a text; nil or none is left out.
  mutating func state(_ key: String, _ text: String?) {
    if let text, !text.isEmpty { members.append((key: key, value: .string(text))) }
  }

  /// States other entities; none is left out.
  mutating func refer(_ key: String, _ ids: [String]) {
    let values = ids.map { JSON.object([("@id", .string($0))]) }
    if !values.isEmpty { members.append((key: key, value: values.count == 1 ? values[0] : .array(values))) }
  }

  mutating func refer(_ key: String, _ id: String) { refer(key, [id]) }

  var json: JSON {
    let type: JSON = types.count == 1 ? .string(types[0]) : .array(types.map(JSON.string))
    return .object([("@id", .string(id)), ("@type", type)] + members)
  }
}
