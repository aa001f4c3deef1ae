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
