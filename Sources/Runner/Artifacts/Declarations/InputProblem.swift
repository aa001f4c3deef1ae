/// A problem of an input or its options, as its format sees it.
package struct InputProblem: Hashable, Sendable {
  package let message: String
  /// The option that it is about; nil: the content.
  package let option: String?
  /// Values that the option may have, for a suggestion.
  package let candidates: [String]
  /// A warning stops nothing.
  package let isWarning: Bool
  /// The number of places of the input that the message speaks of.
  package let count: Int

  package init(
    _ message: String, option: String? = nil, candidates: [String] = [], isWarning: Bool = false, count: Int = 1
  ) {
    self.message = message
    self.option = option
    self.candidates = candidates
    self.isWarning = isWarning
    self.count = count
  }
}
