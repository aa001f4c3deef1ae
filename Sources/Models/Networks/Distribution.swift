import Arithmetic

/// The distribution that scores make: softmax, in double precision.
package struct Distribution {
  private let scores: UnsafeBufferPointer<Float>
  private let logSum: Double
  /// In nats.
  package let entropy: Double

  /// - Parameter scores: of all tokens; they stay in place as long as the value is used.
  package init(_ scores: UnsafeBufferPointer<Float>) {
    self.scores = scores
    let maximum = Double(scores.max() ?? 0)
    var (sum, weighted) = (0.0, 0.0)
    for score in scores {
      let shifted = Double(score) - maximum
      let power = Elementary.exp(shifted)
      sum += power
      weighted += power * shifted
    }
    let log = Elementary.log(sum)
    logSum = maximum + log
    entropy = log - weighted / sum
  }

  /// The natural logarithm of a token's probability.
  package func logProbability(of token: Int) -> Double { Double(scores[token]) - logSum }
}
