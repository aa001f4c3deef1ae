package import Rankings

/// One thing that an audit looked for in a task, and what it found.
package struct Finding: Codable, Sendable {
  /// How much a finding matters to a score.
  package enum Severity: String, Codable, Sendable, CaseIterable {
    /// Scores do not mean what they seem to.
    case grave
    /// Something that must be known to read a score.
    case notable
    /// It was looked for, and is not there, or too little to matter.
    case fine
    /// It could not be looked for.
    case unchecked
  }

  /// A number of rows, letters or sequences, out of how many.
  package struct Count: Codable, Hashable, Sendable {
    package let name: String
    package let count: Int
    package let total: Int

    init(_ name: String, _ count: Int, of total: Int) { (self.name, self.count, self.total) = (name, count, total) }
  }

  /// How well something is predicted that should not be.
  package struct Measure: Codable, Sendable {
    /// The rows that are measured, as `test`.
    package let name: String
    package let metric: Metric
    package let estimate: Estimate
    /// The value of a guess that knows no row; nil where it depends on more than the metric.
    package let chance: Double?
  }

  /// Rows that show a finding, as `train 17` and their names.
  package struct Example: Codable, Hashable, Sendable {
    package let split: String
    /// From 1.
    package let row: Int
    package let name: String?
    package let note: String?
  }

  package let code: Code
  package let severity: Severity
  /// One sentence for people.
  package let text: String
  package let counts: [Count]
  package let measures: [Measure]
  /// Lists of rows that belong together.
  package let examples: [[Example]]

  init(
    _ code: Code, _ severity: Severity, _ text: String, counts: [Count] = [], measures: [Measure] = [],
    examples: [[Example]] = []
  ) {
    (self.code, self.severity, self.text) = (code, severity, text)
    (self.counts, self.measures, self.examples) = (counts, measures, examples)
  }

  /// The names of findings, which never change.
  package enum Code: String, Codable, Sendable, CaseIterable {
    case exactAcrossSplits = "exact-across-splits"
    case reverseComplement = "reverse-complement"
    case nearAcrossSplits = "near-across-splits"
    case overlappingWindows = "overlapping-windows"
    case groupsAcrossSplits = "groups-across-splits"
    case sharedPartners = "shared-partners"
    case corpusOverlap = "corpus-overlap"
    case contradictoryLabels = "contradictory-labels"
    case repeatsWithin = "repeats-within"
    case nearWithin = "near-within"
    case lengthShortcut = "length-shortcut"
    case compositionShortcut = "composition-shortcut"
    case endsShortcut = "ends-shortcut"
    case mutationsShortcut = "mutations-shortcut"
    case pairDegreeShortcut = "pair-degree-shortcut"
    case unseenMutations = "unseen-mutations"
    case splitShift = "split-shift"
    case classBalance = "class-balance"
    case valueGroups = "value-groups"
    case testSize = "test-size"
    case lengths
    case otherLetters = "other-letters"
    case unlabelledLetters = "unlabelled-letters"
    case rowsLeftOut = "rows-left-out"
  }
}
