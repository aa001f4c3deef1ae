import Statistics

/// The mean of several curves over a common grid, with its interval. R curves.
package struct ReplicateBand: Sendable {
  /// R.
  package let replicates: Int
  /// The grid: all x at which a curve has a value, from where the last of them begins to where the first of them ends.
  /// Beyond, the mean would be of fewer curves and could jump.
  package let x: [Double]
  /// By x; a curve is linear between its values.
  package let mean: [Double]
  /// By curve, then by x.
  package let values: [[Double]]
  /// By x: the mean and t_{0.975, R-1} standard errors to either side (Student 1908); nil for one curve.
  package let band: [ClosedRange<Double>?]

  /// Curves as places by ascending x; those without finite values do not count. nil where none is left, or they share
  /// no x.
  package init?(_ curves: [[(x: Double, y: Double)]]) {
    let curves = curves.map { $0.filter { $0.x.isFinite && $0.y.isFinite } }.filter { !$0.isEmpty }
    guard let start = curves.map({ $0[0].x }).max(), let end = curves.map({ $0[$0.count - 1].x }).min(), start <= end
    else { return nil }
    replicates = curves.count
    let grid = Set(curves.joined().map(\.x).filter { (start...end).contains($0) } + [start, end]).sorted()
    let values = curves.map { Self.values($0, at: grid) }
    self.values = values
    let count = Double(curves.count)
    let factor = curves.count > 1 ? Tail.quantile(0.025) { Tail.student($0, count - 1) } : 0
    var (mean, band): ([Double], [ClosedRange<Double>?]) = ([], [])
    for place in grid.indices {
      let at = values.map { $0[place] }
      let middle = at.reduce(0, +) / count
      mean.append(middle)
      guard curves.count > 1 else {
        band.append(nil)
        continue
      }
      let variance = at.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / (count - 1)
      let half = factor * (variance / count).squareRoot()
      band.append(middle - half...middle + half)
    }
    (x, self.mean, self.band) = (grid, mean, band)
  }

  /// The values of one curve at ascending places within it.
  private static func values(_ curve: [(x: Double, y: Double)], at grid: [Double]) -> [Double] {
    var next = 0
    return grid.map { x in
      while next < curve.count - 1, curve[next].x < x { next += 1 }
      let (b, a) = (curve[next], curve[max(0, next - 1)])
      return b.x <= x || a.x == b.x ? b.y : a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)
    }
  }
}
