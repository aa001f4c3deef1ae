/// A Codable value becomes a JSON value.
final class ValueEncoder: Encoder {
  /// A value, or a container that is still being filled.
  enum Part {
    case whole(JSON)
    case open(Container)

    var json: JSON {
      switch self {
      case .whole(let value): value
      case .open(let container): container.json
      }
    }
  }

  /// The members of an object or, with empty keys, the items of an array.
  final class Container {
    let isObject: Bool
    var parts: [(key: String, part: Part)] = []

    init(isObject: Bool) { self.isObject = isObject }

    var json: JSON {
      if !isObject { return .array(parts.map(\.part.json)) }
      return .object(parts.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.part.json) })
    }

    func add(_ part: Part, _ key: String = "") { parts.append((key: key, part: part)) }

    /// A container inside this one.
    func open(isObject: Bool, _ key: String = "") -> Container {
      let inner = Container(isObject: isObject)
      add(.open(inner), key)
      return inner
    }
  }

  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]
  private var part: Part?

  static func part<T: Encodable>(of value: T) throws -> Part {
    switch value {
    case let value as String: return .whole(.string(value))
    case let value as Bool: return .whole(.bool(value))
    case let value as Int: return .whole(.int(value))
    case let value as Double: return .whole(try number(value))
    case let value as Float: return .whole(try number(value, digits: "\(value)"))
    case let value as any FixedWidthInteger:
      guard let value = Int(exactly: value) else { throw JSONMismatch("an integer to write is too large") }
      return .whole(.int(value))
    case let value as JSON: return .whole(value.sorted)
    default:
      let encoder = ValueEncoder()
      try value.encode(to: encoder)
      return encoder.part ?? .open(Container(isObject: true))
    }
  }

  private static func number(_ value: some BinaryFloatingPoint, digits: String? = nil) throws -> JSON {
    guard value.isFinite else { throw JSONMismatch("a number to write is not finite") }
    return .double(digits.flatMap(Double.init) ?? Double(value))
  }

  private func open(isObject: Bool) -> Container {
    if case .open(let container)? = part, container.isObject == isObject { return container }
    let container = Container(isObject: isObject)
    part = .open(container)
    return container
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Members(container: open(isObject: true)))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer { Items(container: open(isObject: false)) }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension ValueEncoder: SingleValueEncodingContainer {
  func encodeNil() { part = .whole(.null) }
  func encode<T: Encodable>(_ value: T) throws { part = try Self.part(of: value) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let container: ValueEncoder.Container
  let codingPath: [any CodingKey] = []

  func encodeNil(forKey key: Key) { container.add(.whole(.null), key.stringValue) }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    container.add(try ValueEncoder.part(of: value), key.stringValue)
  }

  func nestedContainer<Inner: CodingKey>(keyedBy: Inner.Type, forKey key: Key) -> KeyedEncodingContainer<Inner> {
    KeyedEncodingContainer(Members<Inner>(container: container.open(isObject: true, key.stringValue)))
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    Items(container: container.open(isObject: false, key.stringValue))
  }

  func superEncoder() -> any Encoder { preconditionFailure("documents are no classes") }
  func superEncoder(forKey key: Key) -> any Encoder { superEncoder() }
}

private struct Items: UnkeyedEncodingContainer {
  let container: ValueEncoder.Container
  let codingPath: [any CodingKey] = []
  var count: Int { container.parts.count }

  func encodeNil() { container.add(.whole(.null)) }

  func encode<T: Encodable>(_ value: T) throws { container.add(try ValueEncoder.part(of: value)) }

  func nestedContainer<Inner: CodingKey>(keyedBy: Inner.Type) -> KeyedEncodingContainer<Inner> {
    KeyedEncodingContainer(Members<Inner>(container: container.open(isObject: true)))
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { Items(container: container.open(isObject: false)) }

  func superEncoder() -> any Encoder { preconditionFailure("documents are no classes") }
}

/// A value inside a document is itself.
extension JSON: Encodable {
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(self)
  }
}
