/// The end of a fine-tuned path: a pooling, for pairs the features (u, v, |u - v|, u v) of both, the mean over strands,
/// and a linear map.
package struct TaskHead: Hashable, Sendable {
  package var labels: LabelSpace
  package var pooling: Pooling
  /// Tokens behind the last layer of the longest sequence, which `flat` pooling makes room for.
  package var length: Int
  /// Whether an example is two sequences, which one encoder reads.
  package var isPaired: Bool
  /// 2 where an example comes on both strands, one behind the other, whose features are averaged; else 1.
  package var strands: Int
  /// Whether the outputs of all tokens are made from the features of the last: each token adds the sinusoids of its
  /// place to these, and two layers follow (the auto-encoder of MAD, Poli et al. 2024).
  package var isOfLast = false

  package init(
    _ labels: LabelSpace, pooling: Pooling = .mean, length: Int = 0, isPaired: Bool = false, strands: Int = 1
  ) {
    self.labels = labels
    self.pooling = pooling
    self.length = length
    self.isPaired = isPaired
    self.strands = strands
  }

  /// Features of an example, of each token where labels are of tokens, behind an output of `width` features.
  package func features(_ width: Int) -> Int {
    if isOfTokens { return width }
    return pooling.factor(length: length) * width * (isPaired ? 4 : 1)
  }

  /// Whether the head has queries of its own, which it learns.
  package var hasQueries: Bool { !isOfTokens && pooling == .attention }

  /// Whether there is an output for every token.
  package var isOfTokens: Bool { if case .tokens = labels { true } else { false } }

  /// Sequences of an example.
  package var group: Int { (isPaired ? 2 : 1) * strands }
}
