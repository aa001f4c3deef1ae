/// A finding about what the user wrote. Findings are collected, never thrown.
package struct Diagnostic: Hashable, Sendable, Encodable {
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
  /// What was probably meant: a text that can stand where the marked one stands.
  package let suggestion: String?
  /// A sentence that says what to write instead.
  package let help: String?
  package let notes: [Note]
  /// How many faults it speaks of.
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

/// The findings of one reading, in the order in which they were made.
final class Findings {
  private(set) var list: [Diagnostic] = []
  private(set) var hasErrors = false
  private var seen: Set<Diagnostic> = []

  /// A file that is wrong everywhere gets this many findings and no more.
  static let limit = 200

  /// Adds an error. Without a `suggestion`, that of the `candidates` most like `name` is suggested.
  func error(
    _ message: @autoclosure () -> String, at span: Span, name: String = "", candidates: [String] = [],
    suggestion: String? = nil, help: @autoclosure () -> String? = nil, notes: [Diagnostic.Note] = []
  ) {
    hasErrors = true
    guard list.count < Self.limit else { return }
    let suggestion = suggestion ?? self.nearest(to: name, in: candidates)
    add(Diagnostic(.error, message(), at: span, suggestion: suggestion, help: help(), notes: notes))
  }

  /// The candidate most like `name`, as long as there is room for a finding that would show it.
  func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
    list.count < Self.limit ? Plans.nearest(to: name, in: candidates) : nil
  }

  func warning(_ message: String, at span: Span, help: String? = nil, notes: [Diagnostic.Note] = []) {
    guard list.count < Self.limit else { return }
    add(Diagnostic(.warning, message, at: span, help: help, notes: notes))
  }

  /// Adds the findings of another reading.
  func take(_ other: Findings) {
    hasErrors = hasErrors || other.hasErrors
    for finding in other.list where list.count < Self.limit { add(finding) }
  }

  private func add(_ finding: Diagnostic) {
    if seen.insert(finding).inserted { list.append(finding) }
  }

  /// By place: the files in the order in which they first occur, then line and column.
  var sorted: [Diagnostic] {
    var order: [String: Int] = [:]
    for finding in list where order[finding.position.file] == nil { order[finding.position.file] = order.count }
    return list.enumerated().sorted { a, b in
      let (p, q) = (a.element.position, b.element.position)
      return (order[p.file, default: 0], p.line, p.column, a.offset)
        < (order[q.file, default: 0], q.line, q.column, b.offset)
    }.map(\.element)
  }
}
