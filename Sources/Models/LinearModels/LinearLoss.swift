import Glibc

/// The loss of a row with outputs z and targets y.
package enum LinearLoss: Sendable {
  /// `log sum exp z - sum y z`: one class of m.
  case softmax
  /// `sum log(1 + exp z) - y z`: m answers of yes or no.
  case sigmoid
  /// `sum (z - y)^2 / 2`.
  case squared

  /// The part that is summed over rows.
  struct Sums {
    /// The losses less the logarithm of `odds`, and their slope and curvature.
    var value = 0.0
    var slope = 0.0
    var curvature = 0.0
    /// A product of numbers in 1 ... 2, so that one logarithm does for many rows.
    private var odds = 1.0

    @inline(__always) fileprivate mutating func addLogarithm(of odds: Double) {
      self.odds *= odds
      if self.odds > 0x1p500 { fold() }
    }

    private mutating func fold() {
      value += log(odds)
      odds = 1
    }

    /// The sums of losses, slopes and curvatures.
    var all: (value: Double, slope: Double, curvature: Double) { (value + log(odds), slope, curvature) }
  }

  /// Adds the loss of one row, with its slope and curvature along `direction` (m), to sums; its outputs are replaced by
  /// the gradient with respect to them.
  @inline(__always) func replaceByGradient(
    _ z: UnsafeMutablePointer<Double>, _ y: UnsafePointer<Double>, along direction: UnsafePointer<Double>, _ m: Int,
    addingTo sums: inout Sums
  ) {
    switch self {
    case .squared:
      for i in 0..<m {
        z[i] -= y[i]
        sums.value += z[i] * z[i] / 2
        sums.slope += z[i] * direction[i]
        sums.curvature += direction[i] * direction[i]
      }
    case .sigmoid:
      for i in 0..<m {
        let small = exp(-abs(z[i]))
        sums.value += max(z[i], 0) - y[i] * z[i]
        sums.addLogarithm(of: 1 + small)
        let probability = (z[i] >= 0 ? 1 : small) / (1 + small)
        z[i] = probability - y[i]
        sums.slope += z[i] * direction[i]
        sums.curvature += probability * (1 - probability) * direction[i] * direction[i]
      }
    case .softmax:
      var largest = z[0], total = 0.0, mean = 0.0, square = 0.0
      for i in 1..<m { largest = max(largest, z[i]) }
      for i in 0..<m {
        sums.value -= y[i] * z[i]
        z[i] = exp(z[i] - largest)
        total += z[i]
      }
      sums.value += largest + log(total)
      for i in 0..<m {
        let probability = z[i] / total
        mean += probability * direction[i]
        square += probability * direction[i] * direction[i]
        z[i] = probability - y[i]
        sums.slope += z[i] * direction[i]
      }
      sums.curvature += square - mean * mean
    }
  }
}
