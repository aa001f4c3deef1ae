/// Ranks, and correlations by them.
package enum Ranks {
  /// The ranks of values from 1, the smallest first; equal ones have the mean of theirs.
  package static func of(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = [Double](repeating: 0, count: values.count)
    var first = 0
    while first < order.count {
      var end = first + 1
      while end < order.count, values[order[end]] == values[order[first]] { end += 1 }
      for place in order[first..<end] { ranks[place] = Double(first + end + 1) / 2 }
      first = end
    }
    return ranks
  }

  /// The sum of t^3 - t over groups of t equal values.
  static func ties(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    var (sum, first) = (0.0, 0)
    while first < sorted.count {
      var end = first + 1
      while end < sorted.count, sorted[end] == sorted[first] { end += 1 }
      let size = Double(end - first)
      sum += size * size * size - size
      first = end
    }
    return sum
  }

  /// Pearson's correlation; nil where a side is constant.
  package static func pearson(_ a: [Double], _ b: [Double]) -> Double? {
    precondition(a.count == b.count, "\(a.count) and \(b.count) values")
    guard let first = a.first, let other = b.first, a.contains(where: { $0 != first }),
      b.contains(where: { $0 != other })
    else { return nil }
    let count = Double(a.count)
    let (meanA, meanB) = (a.reduce(0, +) / count, b.reduce(0, +) / count)
    var (products, squaresA, squaresB) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      products += (x - meanA) * (y - meanB)
      squaresA += (x - meanA) * (x - meanA)
      squaresB += (y - meanB) * (y - meanB)
    }
    guard squaresA > 0, squaresB > 0 else { return nil }
    return max(-1, min(1, products / (squaresA * squaresB).squareRoot()))
  }

  /// Spearman's correlation, of mean ranks; nil where a side is constant.
  package static func spearman(_ a: [Double], _ b: [Double]) -> Double? { pearson(of(a), of(b)) }
}
