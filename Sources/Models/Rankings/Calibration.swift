import Randomness

/// How far probabilities are from the shares that come true. n rows.
package struct Calibration: Sendable {
  /// Rows with near probabilities.
  package struct Bin: Hashable, Sendable {
    package let rows: Int
    /// The mean probability.
    package let forecast: Double
    /// The share that came true, with its interval.
    package let observed: Estimate
  }

  /// By ascending forecast, none empty.
  package let bins: [Bin]
  /// Expected calibration error: the mean over rows of |observed - forecast| of their bin (Naeini, Cooper and
  /// Hauskrecht 2015).
  package let expectedError: Double
  /// The mean squared distance of a probability from what came true, 0 or 1 (Brier 1950).
  package let brier: Double
  /// (n), ascending: the rows of a bin follow those of the bin before.
  private let sorted: [Double]

  /// The expected calibration error of rows with these probabilities whose outcomes have exactly these probabilities.
  package struct Perfect: Hashable, Sendable {
    /// Its mean over draws: of few rows it is far from 0.
    package let mean: Double
    /// Its 95 % quantile.
    package let upper: Double
  }

  /// Outcomes drawn with the probabilities that were forecast, in bins of the same rows (consistency resampling,
  /// Bröcker and Smith 2007). The draws are always the same.
  package func perfect(draws: Int = 200) -> Perfect {
    precondition(draws > 0, "\(draws) draws")
    let random = Philox(seed: 0, stream: .calibration)
    let errors = (0..<draws).map { draw in
      var (row, error) = (0, 0.0)
      for bin in bins {
        var hits = 0
        for place in row..<row + bin.rows {
          if random.uniform(place, draw) < sorted[place] { hits += 1 }
        }
        row += bin.rows
        error += abs(Double(hits) - bin.forecast * Double(bin.rows))
      }
      return error / Double(sorted.count)
    }.sorted()
    return Perfect(mean: errors.reduce(0, +) / Double(draws), upper: errors[min(draws - 1, draws * 95 / 100)])
  }

  /// Bins of about equal numbers of rows: their edges are the quantiles i / `bins` of the probabilities, linear between
  /// rows, and a probability on an edge is in the bin below. nil without rows.
  /// - Parameters:
  ///   - probabilities: (n), each of 0 ... 1: of class 1, or of the class that is predicted.
  ///   - outcomes: (n): whether the row is of that class.
  package init?(probabilities: [Double], outcomes: [Bool], bins: Int = 10) {
    precondition(probabilities.count == outcomes.count, "\(probabilities.count) probabilities, \(outcomes.count) rows")
    precondition(bins > 0 && probabilities.allSatisfy { (0...1).contains($0) }, "a probability outside 0 ... 1")
    guard !outcomes.isEmpty else { return nil }
    let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
    let sorted = order.map { probabilities[$0] }
    // Places of edges as fractions of whole numbers, so that one on a row is that row.
    let edges = (1..<bins).map { edge in
      let (row, rest) = (edge * (sorted.count - 1)).quotientAndRemainder(dividingBy: bins)
      let next = sorted[min(row + 1, sorted.count - 1)]
      return sorted[row] + Double(rest) / Double(bins) * (next - sorted[row])
    }
    var (found, first): ([Bin], Int) = ([], 0)
    for edge in edges + [.infinity] {
      var last = first
      while last < sorted.count, sorted[last] <= edge { last += 1 }
      defer { first = last }
      guard last > first else { continue }
      let hits = order[first..<last].count { outcomes[$0] }
      found.append(
        Bin(
          rows: last - first, forecast: sorted[first..<last].reduce(0, +) / Double(last - first),
          observed: Estimate.share(hits, of: last - first)))
    }
    (self.bins, self.sorted) = (found, sorted)
    let n = Double(outcomes.count)
    expectedError = found.reduce(0) { $0 + Double($1.rows) / n * abs(($1.observed.value ?? 0) - $1.forecast) }
    brier = zip(probabilities, outcomes).reduce(0) { $0 + ($1.0 - ($1.1 ? 1 : 0)) * ($1.0 - ($1.1 ? 1 : 0)) } / n
  }
}
