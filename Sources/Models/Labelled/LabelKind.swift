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
