import FoundationEssentials

/// Any JSON document, keys unordered: what a view of a JSON artifact is made from.
package indirect enum JSONDocument: Codable, Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSONDocument])
  case object([String: JSONDocument])

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONDocument].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONDocument].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  package subscript(key: String) -> JSONDocument? {
    guard case .object(let fields) = self else { return nil }
    return fields[key]
  }
}

/// JSON as artifacts hold it: sorted keys, no escaped slashes, a newline at the end. Equal values give equal bytes.
enum JSONArtifact {
  static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do { return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")] } catch EncodingError.invalidValue {
      throw Malformed(reason: "a number to write is not finite")
    }
  }

  static func decode<T: Decodable>(_ type: T.Type, _ bytes: [UInt8]) throws -> T {
    do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch let error as DecodingError {
      throw Malformed(error)
    }
  }

  /// A document that is not what it is said to be, or cannot be.
  struct Malformed: Error, CustomStringConvertible {
    let reason: String
    init(reason: String) { self.reason = reason }

    init(_ error: DecodingError) {
      let (context, what): (DecodingError.Context, String) =
        switch error {
        case .keyNotFound(let key, let context): (context, "'\(key.stringValue)' is missing")
        case .typeMismatch(_, let context): (context, "it has another type than expected")
        case .valueNotFound(_, let context): (context, "it has no value")
        case .dataCorrupted(let context): (context, context.codingPath.isEmpty ? "it is no JSON" : "it is not valid")
        @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "it cannot be read")
        }
      let place = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? "." + $0.stringValue }.joined()
      reason = place.isEmpty ? what : "at \(place.drop { $0 == "." }) \(what)"
    }

    var description: String { "a JSON document of an artifact is malformed: \(reason)" }
  }
}
