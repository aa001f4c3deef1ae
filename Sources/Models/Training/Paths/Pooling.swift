/// How the features of a sequence's tokens become those of the sequence.
package enum Pooling: String, Sendable, CaseIterable {
  case mean
  /// The features of the last token, which in a causal model has seen all of the sequence.
  case last
  /// The largest value of each feature.
  case max
}
