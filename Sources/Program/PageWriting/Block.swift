import JSON
package import Tables

/// A piece of a section.
package enum Block: Sendable {
  case lines([String])
  /// Lines under a title.
  case notes(String, [String])
  /// The number that one looks for first, and what it is.
  case headline(String, String)
  case facts([(name: String, value: String)])
  case figure(Drawing)
  /// A short table under a title.
  case table(String, Table)
  /// A table of any length, which the page's script sorts and searches.
  case rows(RowTable)
  /// Text as it is, folded under a title.
  case text(String, String)

  var json: JSON {
    switch self {
    case .lines(let lines): .object([("lines", .array(lines.map(JSON.string)))])
    case .notes(let title, let lines):
      .object([("title", .string(title)), ("lines", .array(lines.map(JSON.string)))])
    case .headline(let value, let words): .object([("headline", .string(value)), ("words", .string(words))])
    case .facts(let facts):
      .object([
        ("facts", .array(facts.map { .object([("name", .string($0.name)), ("value", .string($0.value))]) }))
      ])
    case .figure(let figure): figure.json
    case .table(let title, let table): .object([("title", .string(title)), ("table", Self.json(table))])
    case .rows(let rows): .object([("title", .string(rows.title)), ("rows", rows.json)])
    case .text(let title, let text): .object([("title", .string(title)), ("text", .string(text))])
    }
  }

  static func json(_ table: Table) -> JSON {
    let strings = { (texts: [String]) in JSON.array(texts.map(JSON.string)) }
    return .object([("columns", strings(table.columns)), ("rows", .array(table.rows.map(strings)))])
  }
}
