/// The labels to predict: how many outputs they need, and with which loss.
package enum LabelSpace: Hashable, Sendable {
  /// One of C classes; cross-entropy.
  case classes(Int)
  /// Any of C classes; binary cross-entropy of each.
  case sets(Int)
  /// A number; squared error.
  case value
  /// One of C classes for every token; cross-entropy.
  case tokens(Int)

  /// Numbers that the head gives.
  package var outputs: Int {
    switch self {
    case .classes(let count), .sets(let count), .tokens(let count): count
    case .value: 1
    }
  }
}
