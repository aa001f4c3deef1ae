import Randomness

/// The places of the best of many values.
package enum TopPlaces {
  /// The places of the `count` largest values, the largest first. Equal ones come in an order drawn for `round`: that
  /// in which they are given may know more than the values do.
  package static func of(_ values: [Double], _ count: Int, round: Int) -> [Int] {
    let drawn = Philox(seed: 0, stream: .permutations).permutation(values.count, round: 1 << 20 | round)
    var turn = [Int](repeating: 0, count: values.count)
    for (place, own) in drawn.enumerated() { turn[own] = place }
    return Array(values.indices.sorted { (-values[$0], turn[$0]) < (-values[$1], turn[$1]) }.prefix(count))
  }

  /// Whether the last of the top has the value of the first that is not in it, so that chance has drawn the line.
  package static func isDrawn(_ values: [Double], _ count: Int) -> Bool {
    let sorted = values.sorted(by: >)
    return count > 0 && count < sorted.count && sorted[count - 1] == sorted[count]
  }
}
