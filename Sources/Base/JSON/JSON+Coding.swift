/// Documents of fixed members are Codable types. Their keys are sorted: equal values give equal bytes.
extension JSON {
  /// A document as a value, the members of each object sorted by their keys. Throws `JSONMismatch` for a number that
  /// is not finite, or an integer beyond 64 bits with a sign.
  package init(encoding value: some Encodable) throws(JSONMismatch) {
    do { self = try ValueEncoder.part(of: value).json } catch { throw JSONMismatch(error) }
  }

  /// The bytes of a document, ending without a line break. Throws as `init(encoding:)`.
  package static func encode(_ value: some Encodable, _ layout: Layout = .document) throws(JSONMismatch) -> [UInt8] {
    try JSON(encoding: value).bytes(layout)
  }

  /// Reads a document. Throws `JSONMismatch` for one of another type.
  package static func decode<T: Decodable>(
    _ type: T.Type = T.self, _ bytes: some Collection<UInt8>
  ) throws(JSONMismatch) -> T {
    do { return try JSON(parsing: Array(bytes)).decoded(as: type, at: []) } catch { throw JSONMismatch(error) }
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
      case DecodingError.dataCorrupted(let context): (context, "it is not valid")
      case let error as JSONError: (nil, "it is no JSON: \(error)")
      case let error as JSONMismatch: (nil, error.description)
      default: (nil, "it cannot be read")
      }
    let place = (context?.codingPath ?? []).map { $0.intValue.map { "[\($0)]" } ?? "." + $0.stringValue }.joined()
    description = place.isEmpty ? what : "at \(place.drop { $0 == "." }) \(what)"
  }
}

/// The key of a member, or the place of an item.
struct JSONKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
  init(intValue: Int) { (stringValue, self.intValue) = (String(intValue), intValue) }
}
