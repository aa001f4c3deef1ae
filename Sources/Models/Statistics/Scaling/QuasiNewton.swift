/// Minima of smooth functions of few numbers.
enum QuasiNewton {
  /// Steps at most; a search that needs more ends where it is.
  private static let most = 400

  /// The point where steps no longer lower the function. Directions are those of the damped scale for the first steps
  /// (Marquardt 1963), then those of BFGS with the scale as its first Hessian (Nocedal and Wright 2006, chapter 6).
  /// - Parameters:
  ///   - function: the value and the gradient at a point.
  ///   - scale: a symmetric matrix like the Hessian there, without directions of negative curvature.
  static func minimum(
    from start: [Double], _ function: ([Double]) -> (value: Double, gradient: [Double]),
    scale: ([Double]) -> [[Double]]
  ) -> (point: [Double], value: Double) {
    var (point, state) = (start, function(start))
    var damping = 1e-3
    for _ in 0..<40 {
      let step = solve(scale(point), damping: damping, state.gradient)
      let next = zip(point, step).map { $0 - $1 }
      let there = function(next)
      if there.value < state.value {
        let gain = state.value - there.value
        (point, state) = (next, there)
        damping = max(1e-9, damping / 4)
        if gain < 1e-9 * abs(state.value) { break }
      } else {
        damping *= 6
        if damping > 1e12 { break }
      }
    }
    var inverse = inverted(scale(point))
    var failures = 0
    for _ in 0..<most {
      var direction = inverse.map { row in -dot(row, state.gradient) }
      var slope = dot(direction, state.gradient)
      if !(slope < 0) {
        inverse = inverted(scale(point))
        direction = inverse.map { row in -dot(row, state.gradient) }
        slope = dot(direction, state.gradient)
        if !(slope < 0) { break }
      }
      guard let (length, there) = search(point, direction, slope, state.value, function) else {
        failures += 1
        if failures > 1 { break }
        inverse = inverted(scale(point))
        continue
      }
      let step = direction.map { $0 * length }
      let change = zip(there.gradient, state.gradient).map { $0 - $1 }
      let gain = state.value - there.value
      point = zip(point, step).map { $0 + $1 }
      state = there
      update(&inverse, step, change)
      if gain <= 1e-13 * (1 + abs(state.value)) {
        failures += 1
        if failures > 1 { break }
        inverse = inverted(scale(point))
      } else {
        failures = 0
      }
    }
    return (point, state.value)
  }

  /// A length of a step that meets Wolfe's conditions, by bisection and doubling; nil where none lowers the function.
  private static func search(
    _ point: [Double], _ direction: [Double], _ slope: Double, _ value: Double,
    _ function: ([Double]) -> (value: Double, gradient: [Double])
  ) -> (length: Double, there: (value: Double, gradient: [Double]))? {
    var (low, high, length) = (0.0, Double.infinity, 1.0)
    var best: (length: Double, there: (value: Double, gradient: [Double]))?
    for _ in 0..<50 {
      let there = function(zip(point, direction).map { $0 + length * $1 })
      if !(there.value <= value + 1e-4 * length * slope) {
        high = length
      } else {
        best = (length, there)
        if dot(there.gradient, direction) >= 0.9 * slope { return best }
        low = length
      }
      length = high.isFinite ? (low + high) / 2 : 2 * low
    }
    return best
  }

  /// H <- (I - s y' / y's) H (I - y s' / y's) + s s' / y's, where y's is above 0.
  private static func update(_ inverse: inout [[Double]], _ s: [Double], _ y: [Double]) {
    let product = dot(s, y)
    guard product > 1e-300 else { return }
    let hy = inverse.map { dot($0, y) }
    let factor = (1 + dot(y, hy) / product) / product
    for i in s.indices {
      for j in s.indices { inverse[i][j] += factor * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / product }
    }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  private static func inverted(_ matrix: [[Double]]) -> [[Double]] {
    matrix.indices.map { column in
      solve(matrix, damping: 1e-9, matrix.indices.map { $0 == column ? 1 : 0 })
    }
  }

  /// x of (M + damping diag M) x = b, by Cholesky's factors.
  private static func solve(_ matrix: [[Double]], damping: Double, _ b: [Double]) -> [Double] {
    let size = b.count
    let largest = matrix.indices.reduce(0) { max($0, matrix[$1][$1]) }
    var factor = matrix
    for i in 0..<size { factor[i][i] += damping * max(matrix[i][i], 1e-12 * largest) + 1e-300 }
    for i in 0..<size {
      for j in 0...i {
        let sum = (0..<j).reduce(factor[i][j]) { $0 - factor[i][$1] * factor[j][$1] }
        factor[i][j] = i == j ? max(sum, 1e-14 * largest + 1e-300).squareRoot() : sum / factor[j][j]
      }
    }
    var x = b
    for i in 0..<size { x[i] = (0..<i).reduce(x[i]) { $0 - factor[i][$1] * x[$1] } / factor[i][i] }
    for i in (0..<size).reversed() {
      x[i] = (i + 1..<size).reduce(x[i]) { $0 - factor[$1][i] * x[$1] } / factor[i][i]
    }
    return x
  }
}
