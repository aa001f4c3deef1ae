/// Kendall's rank correlation.
package enum Kendall {
  /// Tau-b (Kendall 1945), which corrects for ties; nil for fewer than two pairs, and where all of one side are equal.
  /// Counts exchanges by merging (Knight 1966): takes n log n for n pairs.
  package static func tau(_ x: [Double], _ y: [Double]) -> Double? {
    precondition(x.count == y.count, "ranks are paired")
    guard x.count > 1 else { return nil }
    let order = x.indices.sorted { (x[$0], y[$0]) < (x[$1], y[$1]) }
    let all = x.count * (x.count - 1) / 2
    let tiedX = pairs(order) { x[$0] == x[$1] }
    let tiedBoth = pairs(order) { x[$0] == x[$1] && y[$0] == y[$1] }
    var (values, spare) = (order.map { y[$0] }, [Double](repeating: 0, count: x.count))
    let exchanges = sort(&values, &spare, 0..<values.count)
    let tiedY = pairs(values) { $0 == $1 }
    let (differentX, differentY) = (all - tiedX, all - tiedY)
    guard differentX > 0, differentY > 0 else { return nil }
    let balance = all - tiedX - tiedY + tiedBoth - 2 * exchanges
    return Double(balance) / (Double(differentX) * Double(differentY)).squareRoot()
  }

  /// The pairs within runs of neighbours that are equal.
  private static func pairs<T>(_ values: [T], _ areEqual: (T, T) -> Bool) -> Int {
    var (count, run) = (0, 0)
    for (a, b) in zip(values, values.dropFirst()) {
      run = areEqual(a, b) ? run + 1 : 0
      count += run
    }
    return count
  }

  /// Sorts a part of values; returns the number of pairs in it that were in the wrong order.
  private static func sort(_ values: inout [Double], _ spare: inout [Double], _ part: Range<Int>) -> Int {
    guard part.count > 1 else { return 0 }
    let middle = part.lowerBound + part.count / 2
    var count = sort(&values, &spare, part.lowerBound..<middle) + sort(&values, &spare, middle..<part.upperBound)
    var (left, right) = (part.lowerBound, middle)
    for place in part {
      if right == part.upperBound || left < middle && values[left] <= values[right] {
        spare[place] = values[left]
        left += 1
      } else {
        spare[place] = values[right]
        right += 1
        count += middle - left
      }
    }
    for place in part { values[place] = spare[place] }
    return count
  }
}
