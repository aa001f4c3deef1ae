/// A JSON value (RFC 8259). The members of an object keep their order.
package enum JSON: Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSON])
  case object([(key: String, value: JSON)])

  /// An object whose members are sorted by their keys.
  package static func sorted(_ members: [String: JSON]) -> JSON {
    .object(members.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) })
  }

  /// The value at a key of an object; nil when there is none, or this is no object.
  package subscript(key: String) -> JSON? { members?.first { $0.key == key }?.value }

  /// The truth; nil for another value.
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The integer; nil for another value.
  package var int: Int? { if case .int(let value) = self { value } else { nil } }
  /// A number of either kind.
  package var number: Double? { if case .double(let value) = self { value } else { int.map(Double.init) } }
  /// The string; nil for another value.
  package var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The items of an array; nil for another value.
  package var array: [JSON]? { if case .array(let values) = self { values } else { nil } }
  /// The members of an object, in their order; nil for another value.
  package var members: [(key: String, value: JSON)]? { if case .object(let members) = self { members } else { nil } }
  /// The items of an array of integers alone.
  package var ints: [Int]? {
    guard let array else { return nil }
    let numbers = array.compactMap(\.int)
    return numbers.count == array.count ? numbers : nil
  }

  /// Whether this is the value null.
  package var isNull: Bool { if case .null = self { true } else { false } }
}
