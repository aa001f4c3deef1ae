import Wording

/// The findings of one reading, in the order in which they were made.
package final class Findings {
  package private(set) var list: [Diagnostic] = []
  package private(set) var hasErrors = false
  private var seen: Set<Diagnostic> = []

  /// A file that is wrong everywhere gets this many findings and no more.
  static let limit = 200

  package init() {}

  /// Adds an error. Without a `suggestion`, that of the `candidates` most like `name` is suggested.
  package func error(
    _ message: @autoclosure () -> String, at span: Span, name: String = "", candidates: [String] = [],
    suggestion: String? = nil, help: @autoclosure () -> String? = nil, notes: [Diagnostic.Note] = []
  ) {
    hasErrors = true
    guard list.count < Self.limit else { return }
    let suggestion = suggestion ?? self.nearest(to: name, in: candidates)
    add(Diagnostic(.error, message(), at: span, suggestion: suggestion, help: help(), notes: notes))
  }

  /// The candidate most like `name`, as long as there is room for a finding that would show it.
  package func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
    list.count < Self.limit ? Wording.nearest(to: name, in: candidates) : nil
  }

  /// Adds a warning, as long as there is room.
  package func warning(_ message: String, at span: Span, help: String? = nil, notes: [Diagnostic.Note] = []) {
    guard list.count < Self.limit else { return }
    add(Diagnostic(.warning, message, at: span, help: help, notes: notes))
  }

  /// Adds the findings of another reading.
  package func take(_ other: Findings) {
    hasErrors = hasErrors || other.hasErrors
    for finding in other.list where list.count < Self.limit { add(finding) }
  }

  private func add(_ finding: Diagnostic) {
    if seen.insert(finding).inserted { list.append(finding) }
  }

  /// All findings by place: the files in the order in which they first occur, then line and column.
  package var sorted: [Diagnostic] {
    var order: [String: Int] = [:]
    for finding in list where order[finding.position.file] == nil { order[finding.position.file] = order.count }
    return list.enumerated().sorted { a, b in
      let (p, q) = (a.element.position, b.element.position)
      return (order[p.file, default: 0], p.line, p.column, a.offset)
        < (order[q.file, default: 0], q.line, q.column, b.offset)
    }.map(\.element)
  }
}
