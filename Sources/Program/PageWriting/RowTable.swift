import JSON
import Wording

/// A table of any length, as typed columns: the page shows its first rows, and its script reaches all.
package struct RowTable: Sendable {
  /// The values of a column, one for each row.
  package enum Values: Sendable {
    /// Places in a list of words.
    case words([String], [Int])
    /// Numbers in units of 10^-digits; nil where there is none.
    case numbers([Int?], digits: Int)

    var count: Int {
      switch self {
      case .words(_, let places): places.count
      case .numbers(let numbers, _): numbers.count
      }
    }
  }

  package struct Column: Sendable {
    package let title: String
    package let values: Values

    /// A column of text.
    package init(_ title: String, _ texts: [String]) {
      var places: [String: Int] = [:]
      var words: [String] = []
      let indices = texts.map { text in
        if let place = places[text] { return place }
        places[text] = words.count
        words.append(text)
        return words.count - 1
      }
      (self.title, values) = (title, .words(words, indices))
    }

    /// A column of numbers with so many digits behind the point.
    package init(_ title: String, _ numbers: [Double?], digits: Int) {
      let unit = (0..<digits).reduce(1.0) { unit, _ in unit * 10 }
      let scaled = numbers.map { number in
        number.flatMap { $0.isFinite ? Int(exactly: ($0 * unit).rounded()) : nil }
      }
      (self.title, values) = (title, .numbers(scaled, digits: digits))
    }

    /// The text of a cell.
    package func text(_ row: Int) -> String {
      switch values {
      case .words(let words, let places): return words[places[row]]
      case .numbers(let numbers, let digits):
        guard let number = numbers[row] else { return "-" }
        if digits == 0 { return Words.grouped(number) }
        let text = String(number.magnitude)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return "\(number < 0 ? "-" : "")\(padded.dropLast(digits)).\(padded.suffix(digits))"
      }
    }

    var isNumeric: Bool { if case .numbers = values { true } else { false } }

    /// Whether any two rows differ.
    package var tellsApart: Bool {
      switch values {
      case .words(let words, _): words.count > 1
      case .numbers(let numbers, _): numbers.contains { $0 != nil }
      }
    }
  }

  /// Its name in links.
  package let id: String
  package let title: String
  package let columns: [Column]
  /// Rows that stand in the page without its script.
  package static let shown = 50

  package init(_ id: String, _ title: String, _ columns: [Column]) {
    precondition(Set(columns.map(\.values.count)).count <= 1, "columns of different lengths")
    (self.id, self.title, self.columns) = (id, title, columns)
  }

  package var count: Int { columns.first?.values.count ?? 0 }

  var json: JSON {
    .object([
      ("columns", .array(columns.map { .string($0.title) })),
      ("rows", .array((0..<count).map { row in .array(columns.map { .string($0.text(row)) }) })),
    ])
  }
}
