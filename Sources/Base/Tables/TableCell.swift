import JSON
import Wording

/// A cell of a table: a text, and the exact numbers that it rounds.
package struct TableCell: Hashable, Sendable {
  /// The numbers behind a text; nil where there is none.
  package enum Content: Hashable, Sendable {
    case text
    /// A column that others alone have.
    case missing
    case number(Double?)
    case count(Int?)
    /// A value with its interval.
    case estimate(Double?, low: Double?, high: Double?)
    /// The bounds alone, of a value that the column before has.
    case interval(low: Double?, high: Double?)
    /// So many of all.
    case part(Int, of: Int)
    /// A place in an order, and whether the data do not tell it apart from the first; nil where that is not known.
    case rank(Int?, isTied: Bool?)
    /// The text says why there is no number.
    case failure
  }

  /// As a person reads it.
  package let text: String
  package let content: Content

  package init(_ text: String, _ content: Content = .text) { (self.text, self.content) = (text, content) }

  /// The cell of a row in a column that it lacks.
  static let missing = TableCell("", .missing)

  /// A text that is no number, or one that only names something.
  package static func text(_ text: String) -> TableCell { TableCell(text) }

  /// A number with so many digits behind the point; `-` for nil.
  package static func number(_ value: Double?, _ digits: Int = 3) -> TableCell {
    TableCell(value.map { Words.fixed($0, digits) } ?? "-", .number(value))
  }

  /// A number of any size by three significant digits; `-` for nil.
  package static func short(_ value: Double?) -> TableCell {
    TableCell(value.map(Words.short) ?? "-", .number(value))
  }

  /// A count with its thousands parted; `-` for nil.
  package static func count(_ value: Int?) -> TableCell {
    TableCell(value.map(Words.grouped) ?? "-", .count(value))
  }

  /// `3 of 8`
  package static func part(_ part: Int, of all: Int) -> TableCell {
    TableCell("\(part) of \(all)", .part(part, of: all))
  }

  /// `12.5 %`: a share, which is exact as a number of 0 to 1.
  package static func percent(_ part: Int, of all: Int) -> TableCell {
    TableCell(Words.percent(part, of: all), .number(all == 0 ? 0 : Double(part) / Double(all)))
  }

  /// `0.03`, `< 0.001`; `-` for nil.
  package static func probability(_ value: Double?) -> TableCell {
    guard let value else { return TableCell("-", .number(nil)) }
    return TableCell(value < 0.001 ? "< 0.001" : Words.fixed(value, value < 0.1 ? 3 : 2), .number(value))
  }

  /// `0.812 to 0.874`; `-` without bounds.
  package static func interval(_ low: Double?, _ high: Double?, _ digits: Int = 3) -> TableCell {
    TableCell(span(low, high, digits) ?? "-", .interval(low: low, high: high))
  }

  /// `0.812 (0.750 to 0.874)`; `-` for nil, and in the brackets without bounds where these are `kept`.
  package static func estimate(
    _ value: Double?, _ low: Double?, _ high: Double?, _ digits: Int = 3, keepingBrackets kept: Bool = false
  ) -> TableCell {
    let bounds = span(low, high, digits) ?? (kept ? "-" : nil)
    let text = value.map { Words.fixed($0, digits) + (bounds.map { " (\($0))" } ?? "") }
    return TableCell(text ?? "-", .estimate(value, low: low, high: high))
  }

  private static func span(_ low: Double?, _ high: Double?, _ digits: Int) -> String? {
    guard let low, let high else { return nil }
    return "\(Words.fixed(low, digits)) to \(Words.fixed(high, digits))"
  }

  /// The exact values, each with what its column's name has behind that of the cell's.
  var fields: [(part: TableField.Part, value: JSON)] {
    switch content {
    case .text: [(.whole, .string(text))]
    case .missing: []
    case .number(let value): [(.whole, Self.json(value))]
    case .count(let value): [(.whole, value.map(JSON.int) ?? .null)]
    case .estimate(let value, let low, let high):
      [(.whole, Self.json(value)), (.low, Self.json(low)), (.high, Self.json(high))]
    case .interval(let low, let high): [(.low, Self.json(low)), (.high, Self.json(high))]
    case .part(let part, let all): [(.whole, .int(part)), (.of, .int(all))]
    case .rank(let rank, let isTied):
      [(.whole, rank.map(JSON.int) ?? .null), (.tied, isTied.map(JSON.bool) ?? .null)]
    case .failure: [(.whole, .null), (.message, .string(text))]
    }
  }

  private static func json(_ value: Double?) -> JSON { value.map(JSON.double) ?? .null }
}
