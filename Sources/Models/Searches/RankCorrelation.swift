import Randomness
package import Rankings
import Statistics

/// Spearman's correlation of two measures of the same items.
package struct RankCorrelation: Hashable, Sendable, Codable {
  /// With a bootstrap interval over items; nil where a measure is the same for all.
  package let estimate: Estimate
  /// The probability of a correlation as far from 0 when items are exchanged at random; nil as the correlation.
  package let probability: Double?

  /// Draws of permutations.
  static let draws = 5_000

  /// Requires as many values of one as of the other.
  package init(_ a: [Double], _ b: [Double]) {
    let value = Ranks.spearman(a, b)
    estimate = Self.interval(value, a, b)
    probability = value.map { Self.probability($0, Ranks.of(a), Ranks.of(b)) }
  }

  private static func interval(_ value: Double?, _ a: [Double], _ b: [Double]) -> Estimate {
    let random = Philox(seed: 0, stream: .bootstrap)
    let draws = Bootstrap.defaultResamples
    let sample = (0..<draws).compactMap { draw -> Double? in
      let rows = a.indices.map { random.integer(below: a.count, draw, $0) }
      return Ranks.spearman(rows.map { a[$0] }, rows.map { b[$0] })
    }
    return Bootstrap.estimate(value, sample, of: draws)
  }

  private static func probability(_ observed: Double, _ a: [Double], _ b: [Double]) -> Double {
    let random = Philox(seed: 0, stream: .permutations)
    var extreme = 1
    for draw in 0..<draws {
      let order = random.permutation(a.count, round: draw)
      if abs(Ranks.pearson(a, order.map { b[$0] }) ?? 0) >= abs(observed) - 1e-12 { extreme += 1 }
    }
    return Double(extreme) / Double(draws + 1)
  }
}
