/// Probabilities of several tests, corrected for their number (Holm 1979).
package enum Holm {
  /// The adjusted probabilities, in the order of these: the i-th smallest of m times m - i + 1, but not below one that
  /// is smaller, and at most 1.
  package static func adjusted(_ probabilities: [Double]) -> [Double] {
    let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
    var adjusted = probabilities
    var largest = 0.0
    for (index, place) in order.enumerated() {
      largest = max(largest, min(1, probabilities[place] * Double(order.count - index)))
      adjusted[place] = largest
    }
    return adjusted
  }
}
