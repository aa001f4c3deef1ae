/// Kendall's rank correlation.
package enum Kendall {
  /// Tau-b (Kendall 1945), which corrects for ties; nil for fewer than two pairs, and where all of one side are equal.
  /// Takes a time in the square of the number of pairs.
  package static func tau(_ x: [Double], _ y: [Double]) -> Double? {
    precondition(x.count == y.count, "ranks are paired")
    var (balance, different) = (0.0, (x: 0.0, y: 0.0))
    for a in x.indices {
      for b in 0..<a {
        let (dx, dy) = (x[a] - x[b], y[a] - y[b])
        if dx != 0 { different.x += 1 }
        if dy != 0 { different.y += 1 }
        if dx != 0, dy != 0 { balance += (dx > 0) == (dy > 0) ? 1 : -1 }
      }
    }
    let scale = (different.x * different.y).squareRoot()
    return scale > 0 ? balance / scale : nil
  }
}
