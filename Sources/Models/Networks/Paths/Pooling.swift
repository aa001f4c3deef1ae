/// How the features of a sequence's tokens become those of the sequence.
package enum Pooling: String, Sendable, CaseIterable {
  case mean
  /// The features of the last token, which in a causal model has seen all of the sequence.
  case last
  /// The largest value of each feature.
  case max
  case meanAndMax = "mean+max"
  /// The features of all tokens, one behind the other: the head has weights of its own for each place.
  case flat
  /// Means over the tokens with weights that learned queries give them, one mean for each query.
  case attention

  /// Queries of `attention`.
  static let queries = 4

  /// Features of a sequence for one of a token.
  /// - Parameter length: tokens of the longest sequence, which `flat` reads.
  func factor(length: Int) -> Int {
    switch self {
    case .mean, .last, .max: 1
    case .meanAndMax: 2
    case .flat: length
    case .attention: Self.queries
    }
  }
}
