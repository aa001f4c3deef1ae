import Wording

/// How many rows each class of a task has.
package struct ClassCounts: Sendable {
  /// How many classes a message names.
  private static let shown = 8

  let names: [String]
  private var counts: [Int]

  /// Counts records of `names`; a record of several classes counts for each. Values have no classes.
  package init(_ records: some Sequence<LabelledRecord>, of names: [String]) {
    self.names = names
    counts = [Int](repeating: 0, count: names.count)
    for record in records {
      switch record.label {
      case .number(let number): counts[number] += 1
      case .set(let members): for member in members { counts[member] += 1 }
      case .letters(let letters): for letter in Set(letters) where letter >= 0 { counts[Int(letter)] += 1 }
      case .value: break
      }
    }
  }

  /// The classes that `before` has rows of, and this has none of.
  package func lost(since before: ClassCounts) -> [String] {
    names.indices.filter { counts[$0] == 0 && before.counts[$0] > 0 }.map { names[$0] }
  }

  /// `class 0: 120, class 1: 3`
  package var text: String { Self.list(zip(names, counts).map { "class \($0): \(Words.grouped($1))" }) }

  /// Some words, and how many more there are.
  package static func list(_ words: [String]) -> String {
    words.prefix(shown).joined(separator: ", ")
      + (words.count > shown ? " and \(Words.grouped(words.count - shown)) more" : "")
  }
}
