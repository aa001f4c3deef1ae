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
