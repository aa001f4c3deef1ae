package import JSON

/// JSON as artifacts hold it: a document and a newline at the end.
package enum JSONArtifact {
  /// The bytes of a document. Throws `Malformed` for a number that is not finite.
  package static func encode(_ value: some Encodable) throws -> [UInt8] {
    do throws(JSONMismatch) { return try JSON.encode(value) + [UInt8(ascii: "\n")] } catch { throw Malformed(error) }
  }

  /// The document in `bytes`. Throws `Malformed` for one of another type.
  package static func decode<T: Decodable>(_ type: T.Type, _ bytes: [UInt8]) throws -> T {
    do throws(JSONMismatch) { return try JSON.decode(type, bytes) } catch { throw Malformed(error) }
  }

  /// The document as a value, whatever it holds.
  package static func parse(_ bytes: [UInt8]) throws -> JSON {
    do throws(JSONError) { return try JSON(parsing: bytes) } catch { throw Malformed("\(error)") }
  }

  /// A document that is not the one it is said to be, or cannot be.
  package struct Malformed: Error, CustomStringConvertible {
    package let description: String
    init(_ mismatch: JSONMismatch) { self.init("\(mismatch)") }
    fileprivate init(_ reason: String) { description = "a JSON document of an artifact is malformed: \(reason)" }
  }
}
