import Arithmetic

/// How the next token is drawn from a network's scores.
package struct Sampling: Hashable, Sendable {
  /// Scores are divided by it; 0 takes the best token, of equal ones that of the lowest number.
  package let temperature: Double
  /// Only so many best tokens are drawn from; 0: all.
  package let topK: Int
  /// Only the fewest best tokens that together have this probability are drawn from (Holtzman et al. 2020, nucleus
  /// sampling); 1: all.
  package let topP: Double

  package init(temperature: Double = 1, topK: Int = 0, topP: Double = 1) {
    precondition(temperature >= 0 && topK >= 0 && topP > 0 && topP <= 1, "sampling \(temperature) \(topK) \(topP)")
    (self.temperature, self.topK, self.topP) = (temperature, topK, topP)
  }

  /// Tokens with their probabilities, the most probable first, of equal ones that of the lowest number: of `allowed`
  /// tokens alone, by the temperature, then of the best `topK`, then of the nucleus. They add up to 1.
  package func distribution(_ scores: ArraySlice<Float>, allowed: [Int32]) -> [(token: Int32, probability: Double)] {
    let score = { (token: Int32) in Double(scores[scores.startIndex + Int(token)]) }
    var tokens = allowed.map { (token: $0, score: score($0)) }
    let best = tokens.map(\.score).max() ?? 0
    if temperature == 0 { return [(tokens.first { $0.score == best }!.token, 1)] }
    tokens.sort { $0.score == $1.score ? $0.token < $1.token : $0.score > $1.score }
    if topK > 0 { tokens.removeLast(max(0, tokens.count - topK)) }
    var kept = tokens.map { (token: $0.token, probability: Elementary.exp(($0.score - best) / temperature)) }
    var total = kept.reduce(0) { $0 + $1.probability }
    if topP < 1 {
      var (sum, count) = (0.0, 0)
      while count < kept.count, sum < topP * total {
        sum += kept[count].probability
        count += 1
      }
      kept.removeLast(kept.count - max(1, count))
      total = kept.reduce(0) { $0 + $1.probability }
    }
    return kept.map { ($0.token, $0.probability / total) }
  }

  /// The token at a uniform number of 0 ..< 1.
  package func draw(_ scores: ArraySlice<Float>, allowed: [Int32], uniform: Double) -> Int32 {
    let distribution = distribution(scores, allowed: allowed)
    var sum = 0.0
    for (token, probability) in distribution {
      sum += probability
      if uniform < sum { return token }
    }
    return distribution[distribution.count - 1].token
  }
}
