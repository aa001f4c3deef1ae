/// The score of one token of a sequence.
struct TokenScore: Hashable, Sendable {
  /// Letters of the sequence that the token covers, from 0.
  let place: Range<Int>
  /// Letters that it adds to those of the token before; fewer than it covers where k-mers overlap.
  let letters: Int
  /// Tokens that the network sees of it: those before it, or all others.
  let context: Int
  /// Natural logarithm of its probability.
  let logProbability: Double
  /// Entropy of the distribution at its place, in nats.
  let entropy: Double
}
