/// A fault of bytes that are no JSON, and its place.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  package let line: Int
  package let column: Int
  package let message: String

  package var description: String { "\(message) at line \(line), column \(column)" }
}
