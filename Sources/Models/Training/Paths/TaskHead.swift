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

/// The end of a fine-tuned path: a pooling, for pairs the features (u, v, |u - v|, u v) of both, and a linear map.
package struct TaskHead: Hashable, Sendable {
  package var labels: LabelSpace
  package var pooling: Pooling
  /// Tokens of the longest sequence, which `flat` pooling makes room for.
  package var length: Int
  /// Whether an example is two sequences, which one encoder reads.
  package var isPaired: Bool

  package init(_ labels: LabelSpace, pooling: Pooling = .mean, length: Int = 0, isPaired: Bool = false) {
    self.labels = labels
    self.pooling = pooling
    self.length = length
    self.isPaired = isPaired
  }

  /// Features of an example, of each token where labels are of tokens, behind an output of `width` features.
  func features(_ width: Int) -> Int {
    if case .tokens = labels { return width }
    return pooling.factor(length: length) * width * (isPaired ? 4 : 1)
  }

  /// Whether the head has queries of its own, which it learns.
  var hasQueries: Bool { if case .tokens = labels { false } else { pooling == .attention } }

  /// Sequences of an example.
  var group: Int { isPaired ? 2 : 1 }
}
