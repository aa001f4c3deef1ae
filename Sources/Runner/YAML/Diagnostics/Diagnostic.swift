/// A finding about a text that the user wrote. Findings are collected, never thrown.
package struct Diagnostic: Hashable, Sendable, Encodable {
  /// The weight of a finding: a warning stops nothing.
  package enum Severity: String, Hashable, Sendable, Encodable { case error, warning }

  /// A second place that belongs to a finding, as "first defined here".
  package struct Note: Hashable, Sendable, Encodable {
    package let message: String
    package let position: Position
    package let length: Int
    package init(_ message: String, at span: Span) {
      self.message = message.abridged
      position = span.position
      length = span.length
    }
  }

  package let severity: Severity
  package let message: String
  package let position: Position
  /// Characters that are marked, from `position` on.
  package let length: Int
  /// The text that was probably meant: one that can stand where the marked one stands.
  package let suggestion: String?
  /// A sentence that says what to write instead.
  package let help: String?
  package let notes: [Note]
  /// The number of faults that the message speaks of.
  package let count: Int

  package init(
    _ severity: Severity, _ message: String, at span: Span, suggestion: String? = nil, help: String? = nil,
    notes: [Note] = [], count: Int = 1
  ) {
    self.severity = severity
    self.message = message.abridged
    position = span.position
    length = span.length
    self.suggestion = suggestion
    self.help = help?.abridged
    self.notes = notes
    self.count = count
  }
}

extension String {
  /// The text without its middle where it is longer than a person would read: a file may hold a name of megabytes, and
  /// every finding about it cites it.
  fileprivate var abridged: String {
    guard utf8.count > 1000 else { return self }
    return String(unicodeScalars.prefix(600)) + " … " + String(unicodeScalars.suffix(200))
  }
}
