import Arithmetic

/// The objective of a linear model over C n, and its minimum by L-BFGS (Liu and Nocedal 1989). n rows, f features, m
/// outputs.
///
/// Outputs are linear in the weights, so that a search along a line needs one product for its direction and none for a
/// step: it is exact to a tenth of its first slope.
struct LinearFit<Rows: FeatureRows> {
  private let products: RowProducts<Rows>
  private let targets: [Double]
  private let loss: LinearLoss
  private let penalty: Double
  /// Weights that are penalised, f m.
  private let penalised: Int

  init(_ products: RowProducts<Rows>, _ targets: [Double], _ loss: LinearLoss, strength: Double) {
    (self.products, self.targets, self.loss) = (products, targets, loss)
    penalty = 1 / (strength * Double(products.rows.count))
    penalised = products.rows.features * products.outputs
  }

  /// A place on a line: the objective with its slope and curvature there, and the gradient of the losses with respect
  /// to outputs (n, m).
  private struct Place {
    var value: Double
    var slope: Double
    var curvature: Double
    var residuals: [Double]
  }

  /// The weights (f + 1, m) of the minimum, from some on; nil when `isCancelled` says so.
  func minimum(from start: [Double], tolerance: Double, rounds: Int, isCancelled: () -> Bool) -> [Double]? {
    var point = start
    var outputs = products.outputs(point)
    let nowhere = [Double](repeating: 0, count: outputs.count)
    var value = 0.0
    var gradient: [Double] = []
    var memory = Memory()
    do {
      let place = self.place(outputs, nowhere, 0)
      value = place.value + penalty * squares(point, point) / 2
      gradient = self.gradient(place.residuals, point)
    }
    for _ in 0..<rounds {
      if isCancelled() { return nil }
      if gradient.allSatisfy({ abs($0) <= tolerance }) { break }
      let direction = memory.direction(gradient)
      let slope = Vectors.product(direction, gradient)
      guard slope < 0 else { break }
      let change = products.outputs(direction)
      let norms = (squares(point, point), squares(point, direction), squares(direction, direction))
      let at = { (step: Double) in
        var place = self.place(outputs, change, step)
        place.value += penalty * (norms.0 / 2 + step * norms.1 + step * step * norms.2 / 2)
        place.slope += penalty * (norms.1 + step * norms.2)
        place.curvature += penalty * norms.2
        return place
      }
      // Without a memory, the direction has no length of its own.
      let first = memory.isEmpty ? -slope / at(0).curvature : 1
      guard let (step, place) = Self.search(at, value, slope, first) else { break }
      var next = point
      Vectors.add(step, direction, to: &next)
      Vectors.add(step, change, to: &outputs)
      let nextGradient = self.gradient(place.residuals, next)
      memory.add(step, direction, nextGradient, gradient)
      (point, gradient, value) = (next, nextGradient, place.value)
    }
    return point
  }

  /// A step along a line that lowers the value, and at which the slope is a tenth of the first or less, by Newton steps
  /// between bounds; nil where rounding leaves none.
  private static func search(
    _ at: (Double) -> Place, _ value: Double, _ slope: Double, _ first: Double
  ) -> (Double, Place)? {
    var (low, high, step) = (0.0, Double.infinity, first)
    for _ in 0..<40 {
      let place = at(step)
      if place.value < value, abs(place.slope) <= 0.1 * abs(slope) { return (step, place) }
      if place.slope < 0 && place.value.isFinite { low = step } else { high = step }
      let newton = step - place.slope / place.curvature
      if newton > low, newton < high, newton < 10 * step {
        step = newton
      } else {
        step = high.isFinite ? (low + high) / 2 : 4 * step
      }
    }
    return nil
  }

  /// The mean loss on a line, without the penalty.
  private func place(_ outputs: [Double], _ change: [Double], _ step: Double) -> Place {
    let m = products.outputs
    var parts: [(Double, Double, Double)] = []
    let share = 1 / Double(products.rows.count)
    let residuals = [Double](unsafeUninitializedCapacity: outputs.count) { residuals, count in
      let residuals = residuals.baseAddress!
      outputs.withUnsafeBufferPointer { outputs in
        change.withUnsafeBufferPointer { change in
          targets.withUnsafeBufferPointer { targets in
            let (outputs, change, targets) = (outputs.baseAddress!, change.baseAddress!, targets.baseAddress!)
            parts = products.shardMap { rows in
              var sums = LinearLoss.Sums()
              for row in rows {
                let z = residuals + row * m
                for output in 0..<m {
                  (z + output).initialize(to: outputs[row * m + output] + step * change[row * m + output])
                }
                loss.replaceByGradient(z, targets + row * m, along: change + row * m, m, addingTo: &sums)
                for output in 0..<m { z[output] *= share }
              }
              return sums.all
            }
          }
        }
      }
      count = outputs.count
    }
    let sum = parts.reduce((0.0, 0.0, 0.0)) { ($0.0 + $1.0, $0.1 + $1.1, $0.2 + $1.2) }
    return Place(value: share * sum.0, slope: share * sum.1, curvature: share * sum.2, residuals: residuals)
  }

  private func gradient(_ residuals: [Double], _ point: [Double]) -> [Double] {
    var gradient = products.transposed(residuals)
    for i in 0..<penalised { gradient[i] += penalty * point[i] }
    return gradient
  }

  /// The inner product of weights that are penalised.
  private func squares(_ a: [Double], _ b: [Double]) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { Vectors.product(a.baseAddress!, $0.baseAddress!, penalised) }
    }
  }
}

/// The last steps of L-BFGS.
private struct Memory {
  private var pairs: [(step: [Double], change: [Double], scale: Double)] = []
  var isEmpty: Bool { pairs.isEmpty }

  mutating func add(_ factor: Double, _ direction: [Double], _ nextGradient: [Double], _ gradient: [Double]) {
    let step = direction.map { factor * $0 }
    var change = nextGradient
    Vectors.add(-1, gradient, to: &change)
    let product = Vectors.product(step, change)
    guard product > 0 else { return }
    if pairs.count == 10 { pairs.removeFirst() }
    pairs.append((step, change, 1 / product))
  }

  /// Minus the estimate of the inverse Hessian times `gradient`: the two loops of Nocedal (1980).
  func direction(_ gradient: [Double]) -> [Double] {
    var result = gradient.map { -$0 }
    var factors: [Double] = []
    for (step, change, scale) in pairs.reversed() {
      let factor = scale * Vectors.product(step, result)
      factors.append(factor)
      Vectors.add(-factor, change, to: &result)
    }
    if let (step, change, _) = pairs.last {
      let scale = Vectors.product(step, change) / Vectors.product(change, change)
      for i in result.indices { result[i] *= scale }
    }
    for ((step, change, scale), factor) in zip(pairs, factors.reversed()) {
      Vectors.add(factor - scale * Vectors.product(change, result), step, to: &result)
    }
    return result
  }
}
