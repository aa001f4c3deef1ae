extension JSON {
  /// The Codable value that this is; `path` leads to it from the root of the document.
  func decoded<T: Decodable>(as type: T.Type, at path: @autoclosure () -> [any CodingKey]) throws -> T {
    switch type {
    case is String.Type: if let string { return string as! T }
    case is Bool.Type: if let bool { return bool as! T }
    case is Double.Type: if let number { return number as! T }
    case is Float.Type: if let number { return Float(number) as! T }
    case let type as any FixedWidthInteger.Type:
      if let number {
        guard let whole = int ?? Int(exactly: number), let value = type.init(exactly: whole) else {
          throw DecodingError.dataCorrupted(.init(codingPath: path(), debugDescription: "out of range"))
        }
        return value as! T
      }
    default: return try T(from: ValueDecoder(value: self, codingPath: path()))
    }
    throw mismatch(type, at: path())
  }

  fileprivate func mismatch(_ type: Any.Type, at path: [any CodingKey]) -> DecodingError {
    let context = DecodingError.Context(codingPath: path, debugDescription: "")
    return isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
  }
}

/// A JSON value becomes a Codable value.
private struct ValueDecoder: Decoder, SingleValueDecodingContainer {
  let value: JSON
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let members = value.members else { throw value.mismatch([String: JSON].self, at: codingPath) }
    return KeyedDecodingContainer(Members(members, codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard let items = value.array else { throw value.mismatch([JSON].self, at: codingPath) }
    return Items(items: items, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { value.isNull }

  func decode<T: Decodable>(_ type: T.Type) throws -> T { try value.decoded(as: type, at: codingPath) }
}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
  /// Up to so many members a search is faster than a table.
  private static var few: Int { 16 }

  let members: [(key: String, value: JSON)]
  let table: [String: JSON]?
  let codingPath: [any CodingKey]

  init(_ members: [(key: String, value: JSON)], _ codingPath: [any CodingKey]) {
    self.members = members
    self.codingPath = codingPath
    table = members.count > Self.few ? Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value) }) : nil
  }

  var allKeys: [Key] { members.compactMap { Key(stringValue: $0.key) } }

  private func value(_ key: Key) -> JSON? {
    if let table { return table[key.stringValue] }
    let name = key.stringValue
    return members.first { $0.key == name }?.value
  }

  private func present(_ key: Key) throws -> JSON {
    if let value = value(key) { return value }
    throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: ""))
  }

  func contains(_ key: Key) -> Bool { value(key) != nil }

  func decodeNil(forKey key: Key) throws -> Bool { try present(key).isNull }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try present(key).decoded(as: type, at: codingPath + [key])
  }

  func nestedContainer<Inner: CodingKey>(
    keyedBy type: Inner.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Inner> {
    try ValueDecoder(value: present(key), codingPath: codingPath + [key]).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try ValueDecoder(value: present(key), codingPath: codingPath + [key]).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { preconditionFailure("documents are no classes") }
  func superDecoder(forKey key: Key) throws -> any Decoder { try superDecoder() }
}

private struct Items: UnkeyedDecodingContainer {
  let items: [JSON]
  let codingPath: [any CodingKey]
  var currentIndex = 0

  var count: Int? { items.count }
  var isAtEnd: Bool { currentIndex == items.count }
  private var path: [any CodingKey] { codingPath + [Place(intValue: currentIndex)] }

  private func next() throws -> JSON {
    if !isAtEnd { return items[currentIndex] }
    throw DecodingError.valueNotFound(JSON.self, .init(codingPath: path, debugDescription: ""))
  }

  mutating func decodeNil() throws -> Bool {
    guard try next().isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let value = try next().decoded(as: type, at: path)
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) throws -> KeyedDecodingContainer<Inner> {
    let container = try ValueDecoder(value: next(), codingPath: path).container(keyedBy: type)
    currentIndex += 1
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try ValueDecoder(value: next(), codingPath: path).unkeyedContainer()
    currentIndex += 1
    return container
  }

  mutating func superDecoder() throws -> any Decoder { preconditionFailure("documents are no classes") }
}

/// The place of an item.
private struct Place: CodingKey {
  let intValue: Int?
  var stringValue: String { intValue.map(String.init) ?? "" }

  init(intValue: Int) { self.intValue = intValue }
  init?(stringValue: String) { nil }
}
