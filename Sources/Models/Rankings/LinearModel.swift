import Glibc

/// A linear model of features with an L2 penalty: logistic regression, softmax regression, ridge regression.
///
/// It minimises `C * sum of losses + |W|^2 / 2`; the intercepts are not penalised. n rows, f features, m outputs.
package struct LinearModel: Sendable {
  /// The loss of a row with outputs z and targets y.
  package enum Loss: Sendable {
    /// `log sum exp z - sum y z`: one class of m.
    case softmax
    /// `sum log(1 + exp z) - y z`: m answers of yes or no.
    case sigmoid
    /// `sum (z - y)^2 / 2`.
    case squared
  }

  /// m.
  package let outputs: Int
  /// (f + 1, m): the weights of each feature, then the intercepts.
  package let weights: [Double]

  package init(features: Int, outputs: Int) {
    self.init(outputs: outputs, weights: [Double](repeating: 0, count: (features + 1) * outputs))
  }

  private init(outputs: Int, weights: [Double]) {
    self.outputs = outputs
    self.weights = weights
  }

  /// The outputs of each row: (n, m), row by row.
  package func evaluate(_ rows: SparseRows) -> [Double] {
    var result = [Double](repeating: 0, count: rows.count * outputs)
    weights.withUnsafeBufferPointer { weights in
      result.withUnsafeMutableBufferPointer { result in
        rows.forEach { row, columns, values in
          Self.output(
            columns, values, weights, rows.features, UnsafeMutableBufferPointer(rebasing: result[(row * outputs)...]),
            outputs)
        }
      }
    }
    return result
  }

  @inline(__always) private static func output(
    _ columns: UnsafeBufferPointer<Int32>, _ values: UnsafeBufferPointer<Float>, _ weights: UnsafeBufferPointer<Double>,
    _ features: Int, _ result: UnsafeMutableBufferPointer<Double>, _ m: Int
  ) {
    if m == 1 {
      var sum = weights[features]
      for i in columns.indices { sum += Double(values[i]) * weights[Int(columns[i])] }
      result[0] = sum
      return
    }
    for output in 0..<m { result[output] = weights[features * m + output] }
    for i in columns.indices {
      let first = Int(columns[i]) * m
      let value = Double(values[i])
      for output in 0..<m { result[output] += value * weights[first + output] }
    }
  }

  /// The model with the least objective, from this one on, by L-BFGS (Liu and Nocedal 1989) with a bisection that
  /// meets the weak Wolfe conditions (Lewis and Overton 2013); nil when `isCancelled` says so.
  ///
  /// - Parameters:
  ///   - targets: (n, m): the values that the outputs should have; `softmax` takes 1 for the class of a row, else 0.
  ///   - strength: C, the inverse strength of the penalty.
  ///   - tolerance: the search ends when no element of the gradient of the objective over C n is larger;
  ///     without one, as in scikit-learn's `LogisticRegression`.
  package func fitted(
    _ rows: SparseRows, _ targets: [Double], _ loss: Loss, strength: Double, tolerance: Double = 1e-4,
    rounds: Int = 1000, isCancelled: () -> Bool = { false }
  ) -> LinearModel? {
    precondition(targets.count == rows.count * outputs, "\(targets.count) targets of \(rows.count) rows")
    precondition(rows.count > 0 && strength > 0, "\(rows.count) rows, strength \(strength)")
    var objective = Objective(rows, targets, loss, outputs: outputs, strength: strength)
    var point = weights
    var gradient = [Double](repeating: 0, count: point.count)
    var value = objective.evaluate(point, &gradient)
    var memory = Memory()
    for _ in 0..<rounds {
      if isCancelled() { return nil }
      if gradient.allSatisfy({ abs($0) <= tolerance }) { break }
      let direction = memory.direction(gradient)
      let slope = Memory.product(direction, gradient)
      guard slope < 0 else { break }
      var low = 0.0, high = Double.infinity
      var step = memory.isEmpty ? min(1, 1 / Memory.product(gradient, gradient).squareRoot()) : 1
      var next = point, nextGradient = gradient, nextValue = value
      for _ in 0..<40 {
        for i in next.indices { next[i] = point[i] + step * direction[i] }
        nextValue = objective.evaluate(next, &nextGradient)
        if !(nextValue <= value + 1e-4 * step * slope) {
          high = step
        } else if Memory.product(direction, nextGradient) < 0.9 * slope {
          low = step
        } else {
          break
        }
        step = high.isFinite ? (low + high) / 2 : 2 * step
      }
      guard nextValue < value else { break }
      memory.add(next, point, nextGradient, gradient)
      (point, gradient, value) = (next, nextGradient, nextValue)
    }
    return LinearModel(outputs: outputs, weights: point)
  }

  /// The objective over C n, and its gradient.
  private struct Objective {
    let rows: SparseRows
    let targets: [Double]
    let loss: Loss
    let m: Int
    let penalty: Double
    private var scratch: [Double]

    init(_ rows: SparseRows, _ targets: [Double], _ loss: Loss, outputs: Int, strength: Double) {
      self.rows = rows
      self.targets = targets
      self.loss = loss
      m = outputs
      penalty = 1 / (strength * Double(rows.count))
      scratch = [Double](repeating: 0, count: outputs)
    }

    mutating func evaluate(_ point: [Double], _ gradient: inout [Double]) -> Double {
      let features = rows.features
      let m = m
      let share = 1 / Double(rows.count)
      var sum = 0.0
      for i in gradient.indices { gradient[i] = 0 }
      point.withUnsafeBufferPointer { point in
        gradient.withUnsafeMutableBufferPointer { gradient in
          scratch.withUnsafeMutableBufferPointer { z in
            targets.withUnsafeBufferPointer { targets in
              rows.forEach { row, columns, values in
                LinearModel.output(columns, values, point, features, z, m)
                sum += loss.replaceByGradient(z, UnsafeBufferPointer(rebasing: targets[(row * m)..<(row * m + m)]))
                for output in 0..<m { gradient[features * m + output] += share * z[output] }
                for i in columns.indices {
                  let first = Int(columns[i]) * m
                  let value = share * Double(values[i])
                  for output in 0..<m { gradient[first + output] += value * z[output] }
                }
              }
            }
          }
        }
      }
      var squares = 0.0
      for i in 0..<(features * m) {
        squares += point[i] * point[i]
        gradient[i] += penalty * point[i]
      }
      return sum * share + penalty * squares / 2
    }
  }

  /// The last steps of L-BFGS.
  private struct Memory {
    private var pairs: [(step: [Double], change: [Double], scale: Double)] = []
    var isEmpty: Bool { pairs.isEmpty }

    mutating func add(_ next: [Double], _ point: [Double], _ nextGradient: [Double], _ gradient: [Double]) {
      let step = zip(next, point).map { $0 - $1 }
      let change = zip(nextGradient, gradient).map { $0 - $1 }
      let product = Self.product(step, change)
      guard product > 0 else { return }
      if pairs.count == 10 { pairs.removeFirst() }
      pairs.append((step, change, 1 / product))
    }

    /// Minus the estimate of the inverse Hessian times `gradient`: the two loops of Nocedal (1980).
    func direction(_ gradient: [Double]) -> [Double] {
      var result = gradient.map { -$0 }
      var factors: [Double] = []
      for (step, change, scale) in pairs.reversed() {
        let factor = scale * Self.product(step, result)
        factors.append(factor)
        for i in result.indices { result[i] -= factor * change[i] }
      }
      if let (step, change, _) = pairs.last {
        let scale = Self.product(step, change) / Self.product(change, change)
        for i in result.indices { result[i] *= scale }
      }
      for ((step, change, scale), factor) in zip(pairs, factors.reversed()) {
        let back = scale * Self.product(change, result)
        for i in result.indices { result[i] += (factor - back) * step[i] }
      }
      return result
    }

    static func product(_ a: [Double], _ b: [Double]) -> Double {
      var sum = 0.0
      for i in a.indices { sum += a[i] * b[i] }
      return sum
    }
  }
}

extension LinearModel.Loss {
  /// The loss of one row; its outputs are replaced by the loss's gradient with respect to them.
  fileprivate func replaceByGradient(_ z: UnsafeMutableBufferPointer<Double>, _ y: UnsafeBufferPointer<Double>)
    -> Double
  {
    var sum = 0.0
    switch self {
    case .squared:
      for i in z.indices {
        z[i] -= y[i]
        sum += z[i] * z[i] / 2
      }
    case .sigmoid:
      for i in z.indices {
        let small = exp(-abs(z[i]))
        sum += max(z[i], 0) + log1p(small) - y[i] * z[i]
        z[i] = (z[i] >= 0 ? 1 : small) / (1 + small) - y[i]
      }
    case .softmax:
      let largest = z.max()!
      var total = 0.0
      for i in z.indices {
        sum -= y[i] * z[i]
        z[i] = exp(z[i] - largest)
        total += z[i]
      }
      sum += largest + log(total)
      for i in z.indices { z[i] = z[i] / total - y[i] }
    }
    return sum
  }
}
