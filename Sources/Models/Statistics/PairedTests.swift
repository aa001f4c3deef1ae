import Glibc
import Randomness

/// Tests of paired differences.
package enum PairedTests {
  /// Wilcoxon's signed-rank test (1945), two-sided: whether differences lie around 0.
  ///
  /// Differences of 0 are left out. Up to fifty without ties the distribution is counted exactly; else it is normal
  /// with the variance n (n + 1) (2 n + 1) / 24 - sum (t^3 - t) / 48, without a correction for continuity, as scipy's
  /// `wilcoxon` has both. nil without a difference.
  package static func signedRank(_ differences: [Double]) -> (statistic: Double, probability: Double)? {
    let known = differences.filter { $0 != 0 }
    guard !known.isEmpty else { return nil }
    let sizes = known.map { abs($0) }
    let ranks = Ranks.of(sizes)
    let positive = zip(known, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    let n = Double(known.count)
    let statistic = min(positive, n * (n + 1) / 2 - positive)
    let ties = Ranks.ties(sizes)
    if ties == 0, known.count == differences.count, known.count <= 50 {
      return (statistic, min(1, 2 * exactSignedRank(Int(statistic), known.count)))
    }
    let variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48
    let z = (positive - n * (n + 1) / 4) / variance.squareRoot()
    return (statistic, min(1, 2 * Tail.normal(abs(z))))
  }

  /// P(W <= w): the subsets of 1 ... n with a sum of at most w, of all.
  private static func exactSignedRank(_ w: Int, _ n: Int) -> Double {
    var counts = [Double](repeating: 0, count: n * (n + 1) / 2 + 1)
    counts[0] = 1
    for rank in 1...n {
      for sum in stride(from: counts.count - 1, through: rank, by: -1) { counts[sum] += counts[sum - rank] }
    }
    return counts[...w].reduce(0, +) / pow(2, Double(n))
  }

  /// The differences up to which all their signs are gone through.
  package static let mostExact = 16
  /// Drawn signs of more differences.
  package static let draws = 20_000

  /// Fisher's test by signs (1935), two-sided: the share of the assignments of signs under which the absolute sum is at
  /// least the observed one. All 2^n for up to `mostExact` differences; else `draws` random ones and the observed, so
  /// that the probability is never 0. nil without differences.
  package static func signFlip(_ differences: [Double], seed: Int = 0) -> Double? {
    guard !differences.isEmpty else { return nil }
    let observed = abs(differences.reduce(0, +))
    let slack = 1e-12 * differences.reduce(0) { $0 + abs($1) }
    let n = differences.count
    if n <= mostExact {
      var extreme = 0
      for signs in 0..<(1 << n) {
        var sum = 0.0
        for (place, difference) in differences.enumerated() {
          sum += signs >> place & 1 == 1 ? difference : -difference
        }
        if abs(sum) >= observed - slack { extreme += 1 }
      }
      return Double(extreme) / Double(1 << n)
    }
    let random = Philox(seed: seed, stream: .permutations)
    var extreme = 1
    for draw in 0..<draws {
      var sum = 0.0
      for first in stride(from: 0, to: n, by: 128) {
        let words = random.words(draw, first / 128)
        for place in first..<min(first + 128, n) {
          let isPositive = words[(place - first) / 32] >> UInt32((place - first) % 32) & 1 == 1
          sum += isPositive ? differences[place] : -differences[place]
        }
      }
      if abs(sum) >= observed - slack { extreme += 1 }
    }
    return Double(extreme) / Double(draws + 1)
  }
}
