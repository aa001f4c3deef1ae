/// A failure that the same inputs will always give: it is a result, kept under the step's key.
package struct StageFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable word for programs, as `nan-loss`.
  package let code: String
  /// A sentence for people, with record, line or step.
  package let message: String
  package init(code: String, _ message: String) {
    self.code = code
    self.message = message
  }
  package var description: String { message }
}
