/// Friedman's test (1937) of k treatments on n blocks, as models on tasks: whether their mean ranks differ by more than
/// chance; with Iman's and Davenport's correction (1980), and Nemenyi's critical difference (Demsar 2006).
package struct Friedman: Hashable, Sendable, Codable {
  /// (k): the mean rank of each treatment, 1 the best.
  package let meanRanks: [Double]
  /// chi2 with k - 1 degrees of freedom, corrected for ties, and its probability.
  package let chiSquared: Double
  package let probability: Double
  /// F = (n - 1) chi2 / (n (k - 1) - chi2) with k - 1 and (k - 1)(n - 1) degrees of freedom, and its probability, which
  /// is less cautious; infinite where all blocks agree.
  package let f: Double?
  package let probabilityOfF: Double
  /// Mean ranks that differ by less are not told apart at 5 %: q sqrt(k (k + 1) / (6 n)), with q the quantile of the
  /// range of k normal numbers over sqrt 2.
  package let criticalDifference: Double

  /// - Parameter blocks: (n, k): larger is better. nil for fewer than two blocks or three treatments, and where all
  ///   values of all blocks are equal.
  package init?(_ blocks: [[Double]]) {
    let (n, k) = (Double(blocks.count), Double(blocks.first?.count ?? 0))
    guard n > 1, k > 2 else { return nil }
    let ranks = blocks.map { Ranks.of($0.map(-)) }
    let sums = (0..<Int(k)).map { treatment in ranks.reduce(0) { $0 + $1[treatment] } }
    meanRanks = sums.map { $0 / n }
    let ties = blocks.reduce(0) { $0 + Ranks.ties($1) }
    let correction = 1 - ties / (n * k * (k * k - 1))
    guard correction > 0 else { return nil }
    let squares = sums.reduce(0) { $0 + $1 * $1 }
    chiSquared = max(0, 12 / (n * k * (k + 1)) * squares - 3 * n * (k + 1)) / correction
    probability = Tail.chiSquared(chiSquared, k - 1)
    let rest = n * (k - 1) - chiSquared
    if rest > 1e-9 {
      let value = (n - 1) * chiSquared / rest
      (f, probabilityOfF) = (value, Tail.fisher(value, k - 1, (k - 1) * (n - 1)))
    } else {
      (f, probabilityOfF) = (nil, 0)
    }
    let q = Tail.quantile(0.05) { Tail.range($0, of: Int(k)) } / 2.0.squareRoot()
    criticalDifference = q * (k * (k + 1) / (6 * n)).squareRoot()
  }
}
