package import Labelled
import Wording

/// How an audit looks for things.
package struct AuditSettings: Sendable {
  /// The words by which near duplicates are found.
  package let words: Minimizers
  /// Minimizers that are kept at most.
  package let mostMinimizers: Int
  /// The part of a row's minimizers that another has, from which on both are near.
  package let near: Double
  /// The share in words: `50 %`.
  var part: String { Words.short(100 * near) + " %" }
  /// Letters at either end that a model of the ends reads.
  package let ends: Int
  /// Rows of fewer letters are short; nil: of fewer than half of the median.
  package let short: Int?
  /// Examples of a finding.
  package let examples: Int

  package init(words: Minimizers, mostMinimizers: Int, near: Double, ends: Int, short: Int?, examples: Int) {
    (self.words, self.mostMinimizers, self.near) = (words, mostMinimizers, near)
    (self.ends, self.short, self.examples) = (ends, short, examples)
  }
}
