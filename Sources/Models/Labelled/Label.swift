/// A kind of labels of a task.
package enum LabelKind: String, Sendable, CaseIterable {
  /// One class of several.
  case `class`
  /// Any number of classes.
  case set
  /// A number.
  case value
  /// A class for every letter of the sequence.
  case letters
}

/// The label of one sequence or pair. Classes are numbers from 0.
package enum Label: Hashable, Sendable, ExpressibleByIntegerLiteral {
  case number(Int)
  /// Ascending.
  case set([Int])
  /// Finite.
  case value(Double)
  /// One per letter; -1 for a letter whose label does not count.
  case letters([Int32])

  package init(integerLiteral value: Int) { self = .number(value) }
}
