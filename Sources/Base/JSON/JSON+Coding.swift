import FoundationEssentials

/// Documents of fixed members are Codable types. Keys are sorted and slashes not escaped: equal values give equal
/// bytes.
extension JSON {
  /// The layout of a document.
  package enum Layout: Sendable {
    /// For a person: indented.
    case indented
    /// For a pipe or a log: on one line.
    case line
  }

  /// The bytes of a document, ending without a line break. Throws `JSONMismatch` for a number that is not finite.
  package static func encode(_ value: some Encodable, _ layout: Layout = .indented) throws(JSONMismatch) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if layout == .indented { encoder.outputFormatting.insert(.prettyPrinted) }
    do { return Array(try encoder.encode(value)) } catch { throw JSONMismatch("a number to write is not finite") }
  }

  /// Reads a document. Throws `JSONMismatch` for one of another type.
  package static func decode<T: Decodable>(
    _ type: T.Type = T.self, _ bytes: some Collection<UInt8>
  ) throws(JSONMismatch) -> T {
    do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch { throw JSONMismatch(error) }
  }
}

/// The reason for which bytes are not the document that they should be, or a value cannot be written.
package struct JSONMismatch: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }

  init(_ error: any Error) {
    let (context, what): (DecodingError.Context?, String) =
      switch error {
      case DecodingError.keyNotFound(let key, let context): (context, "'\(key.stringValue)' is missing")
      case DecodingError.typeMismatch(_, let context): (context, "it has another type than expected")
      case DecodingError.valueNotFound(_, let context): (context, "it has no value")
      case DecodingError.dataCorrupted(let context):
        (context, context.codingPath.isEmpty ? "it is no JSON" : "it is not valid")
      default: (nil, "it cannot be read")
      }
    let place = (context?.codingPath ?? []).map { $0.intValue.map { "[\($0)]" } ?? "." + $0.stringValue }.joined()
    description = place.isEmpty ? what : "at \(place.drop { $0 == "." }) \(what)"
  }
}

extension JSON: Encodable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package func encode(to encoder: any Encoder) throws {
    if case .object(let members) = self {
      var container = encoder.container(keyedBy: Key.self)
      for (key, value) in members { try container.encode(value, forKey: Key(stringValue: key)) }
      return
    }
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object: break
    }
  }
}
