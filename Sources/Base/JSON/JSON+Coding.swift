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
