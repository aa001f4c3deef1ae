import Arithmetic
import LinearAlgebra

/// Ridge regression of one output for several strengths C at once: the minima of
/// `C sum (x w + b - y)^2 / 2 + |w|^2 / 2`. n rows, f features.
///
/// With rows and targets less their means, w = X^T a, where (X X^T + I / C) a = y: the matrix is one for all strengths,
/// so that its eigenvalues, or one Krylov space, solve all.
struct Ridge<Rows: FeatureRows> {
  /// Rows or features up to which eigenvalues are computed.
  private static var mostEigenvalues: Int { 512 }
  /// The norm of what is left of y, to that of y, at which conjugate gradients end.
  private static var tolerance: Double { 1e-10 }
  /// Most rounds of conjugate gradients: rounding may leave more than the tolerance.
  private static var rounds: Int { 10_000 }

  private let products: RowProducts<Rows>
  private let mean: Double
  /// (n): y less its mean.
  private let targets: [Double]

  private var n: Int { targets.count }
  private var features: Int { products.rows.features }

  /// Requires products of one output.
  init(_ products: RowProducts<Rows>, _ targets: [Double]) {
    precondition(products.outputs == 1 && products.rows.count == targets.count, "\(targets.count) targets")
    self.products = products
    mean = targets.reduce(0, +) / Double(targets.count)
    self.targets = Self.centered(targets)
  }

  /// The weights (f + 1) of each strength; nil when `isCancelled` says so.
  func weights(_ strengths: [Double], isCancelled: () -> Bool) -> [[Double]]? {
    if min(n, features) > Self.mostEigenvalues {
      return conjugateGradients(strengths.map { 1 / $0 }, isCancelled: isCancelled)?.map(weights)
    }
    return n <= features ? dual(strengths) : primal(strengths)
  }

  private static func centered(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.map { $0 - mean }
  }

  /// The weights and the intercept of a (n).
  private func weights(_ a: [Double]) -> [Double] { finished(products.transposed(Self.centered(a))) }

  /// Weights (f + 1) with the intercept that leaves no mean error.
  private func finished(_ weights: [Double]) -> [Double] {
    var weights = weights
    weights[features] = 0
    weights[features] = mean - products.outputs(weights).reduce(0, +) / Double(n)
    return weights
  }

  /// By the eigenvalues of X X^T (n, n).
  private func dual(_ strengths: [Double]) -> [[Double]] {
    let matrix = (0..<n).flatMap { row in
      var unit = [Double](repeating: 0, count: n)
      unit[row] = 1
      return gram(unit)
    }
    let (values, vectors) = LinearAlgebra.eigen(matrix, n)
    return Self.solutions(values, vectors, targets, strengths).map(weights)
  }

  /// By the eigenvalues of X^T X (f, f): there (X^T X + I / C) w = X^T y.
  private func primal(_ strengths: [Double]) -> [[Double]] {
    let matrix = (0..<features).flatMap { feature in
      var unit = [Double](repeating: 0, count: features + 1)
      unit[feature] = 1
      return products.transposed(Self.centered(products.outputs(unit))).dropLast()
    }
    let (values, vectors) = LinearAlgebra.eigen(matrix, features)
    let right = Array(products.transposed(targets).dropLast())
    return Self.solutions(values, vectors, right, strengths).map { finished($0 + [0]) }
  }

  /// By strength the x of (V diag(values) V^T + I / C) x = b.
  private static func solutions(
    _ values: [Double], _ vectors: [Double], _ b: [Double], _ strengths: [Double]
  ) -> [[Double]] {
    let n = b.count
    let column = { (number: Int) in Array(vectors[(number * n)..<((number + 1) * n)]) }
    let parts = (0..<n).map { Vectors.product(column($0), b) }
    return strengths.map { strength in
      var x = [Double](repeating: 0, count: n)
      for number in 0..<n {
        Vectors.add(parts[number] / (max(0, values[number]) + 1 / strength), column(number), to: &x)
      }
      return x
    }
  }

  /// X X^T v, of rows less their mean.
  private func gram(_ v: [Double]) -> [Double] {
    var weights = products.transposed(Self.centered(v))
    weights[features] = 0
    return Self.centered(products.outputs(weights))
  }

  /// A penalty besides the least one.
  private struct Shift {
    /// How much larger it is.
    let distance: Double
    var x: [Double]
    var direction: [Double]
    /// The factors of its residual to that of the least penalty, of this step and the one before.
    var factor = 1.0
    var lastFactor = 1.0
  }

  /// By penalty the a of (X X^T + penalty) a = y, by conjugate gradients for the least of them, whose steps serve all
  /// (Jegerlehner 1996, shifted systems).
  private func conjugateGradients(_ penalties: [Double], isCancelled: () -> Bool) -> [[Double]]? {
    let least = penalties.min()!
    let zero = [Double](repeating: 0, count: n)
    var shifts = penalties.map { Shift(distance: $0 - least, x: zero, direction: targets) }
    var (residual, direction) = (targets, targets)
    var square = Vectors.product(residual, residual)
    let end = square * Self.tolerance * Self.tolerance
    var (lastStep, ratio) = (1.0, 0.0)
    for _ in 0..<Self.rounds where square > end {
      if isCancelled() { return nil }
      var image = gram(direction)
      Vectors.add(least, direction, to: &image)
      let step = square / Vectors.product(direction, image)
      Vectors.add(-step, image, to: &residual)
      let next = Vectors.product(residual, residual)
      let nextRatio = next / square
      for i in shifts.indices {
        let (factor, last) = (shifts[i].factor, shifts[i].lastFactor)
        // The residual of this one is nothing beside that of the least.
        guard factor > 1e-100 else { continue }
        let nextFactor =
          factor * last * lastStep
          / (step * ratio * (last - factor) + last * lastStep * (1 + shifts[i].distance * step))
        Vectors.add(step * nextFactor / factor, shifts[i].direction, to: &shifts[i].x)
        let own = nextRatio * (nextFactor / factor) * (nextFactor / factor)
        for row in 0..<n { shifts[i].direction[row] = nextFactor * residual[row] + own * shifts[i].direction[row] }
        (shifts[i].factor, shifts[i].lastFactor) = (nextFactor, factor)
      }
      for row in 0..<n { direction[row] = residual[row] + nextRatio * direction[row] }
      (square, lastStep, ratio) = (next, step, nextRatio)
    }
    return shifts.map(\.x)
  }
}
