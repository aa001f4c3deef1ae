import Glibc

/// Scores of tokens, added up.
struct LikelihoodSum: Hashable, Sendable {
  /// Letters and tokens that were scored.
  private(set) var letters = 0
  private(set) var tokens = 0
  /// Sums over tokens, in nats.
  private(set) var logLikelihood = 0.0
  private(set) var entropy = 0.0

  mutating func add(_ token: TokenScore) {
    letters += token.letters
    tokens += 1
    logLikelihood += token.logProbability
    entropy += token.entropy
  }

  mutating func add(_ other: LikelihoodSum) {
    letters += other.letters
    tokens += other.tokens
    logLikelihood += other.logLikelihood
    entropy += other.entropy
  }

  /// Nats a token; nil where none was scored.
  var mean: Double? { tokens > 0 ? logLikelihood / Double(tokens) : nil }
  /// Bits that a letter costs: -sum / ln 2 / letters.
  var bitsPerLetter: Double? { letters > 0 ? -logLikelihood / M_LN2 / Double(letters) : nil }
  /// Mean entropy of the distributions, in bits a token.
  var meanEntropy: Double? { tokens > 0 ? entropy / M_LN2 / Double(tokens) : nil }
}
