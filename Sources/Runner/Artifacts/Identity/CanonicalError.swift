/// An error about bytes that are no canonical encoding, with the place that shows it.
package struct CanonicalError: Error, Equatable, CustomStringConvertible {
  package let offset: Int
  package let reason: String
  package init(offset: Int, reason: String) {
    self.offset = offset
    self.reason = reason
  }
  package var description: String { "not a canonical encoding at byte \(offset): \(reason)" }
}
