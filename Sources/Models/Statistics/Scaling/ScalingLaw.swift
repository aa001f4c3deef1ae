import Glibc

/// L(N, D) = E + A / N^alpha + B / D^beta (Hoffmann et al. 2022, arXiv:2203.15556, section 3.3), fitted to the
/// logarithms of losses by Huber's loss with a width of 0.001.
package struct ScalingLaw: Hashable, Sendable, Codable {
  /// Nats that no size and no data take away.
  package let floor: Double
  package let sizeFactor: Double
  package let alpha: Double
  package let dataFactor: Double
  package let beta: Double

  /// The exponent of the best size at a budget, N ~ C^a where C ~ N D: beta / (alpha + beta).
  package var sizeExponent: Double { beta / (alpha + beta) }

  package func loss(parameters: Double, tokens: Double) -> Double {
    floor + sizeFactor * pow(parameters, -alpha) + dataFactor * pow(tokens, -beta)
  }

  package init(floor: Double, sizeFactor: Double, alpha: Double, dataFactor: Double, beta: Double) {
    (self.floor, self.sizeFactor, self.alpha) = (floor, sizeFactor, alpha)
    (self.dataFactor, self.beta) = (dataFactor, beta)
  }

  /// Exponents from which a fit starts; the other three numbers follow from them by least squares.
  private static let grid = [0.1, 0.25, 0.5, 1, 2]

  /// The law of trainings; nil where fewer than six of them, three sizes or three amounts of data do not determine it,
  /// and where losses that do not fall with one of the two make its exponent so large that the factor is no number.
  /// - Parameter start: where the search begins; nil: at 25 pairs of exponents, of whose minima the lowest counts.
  package init?(_ runs: [ScalingRun], from start: ScalingLaw? = nil) {
    guard runs.count >= 6, Set(runs.map(\.parameters)).count >= 3, Set(runs.map(\.tokens)).count >= 3 else {
      return nil
    }
    let problem = LawProblem(runs)
    let starts = start.map { [problem.point($0)] } ?? Self.grid.flatMap { alpha in
      Self.grid.compactMap { problem.point(alpha: alpha, beta: $0) }
    }
    let ends = starts.map { QuasiNewton.minimum(from: $0, problem.value, scale: problem.curvature) }
    guard let best = ends.min(by: { $0.value < $1.value }) else { return nil }
    let law = problem.law(best.point)
    guard [law.floor, law.alpha, law.beta].allSatisfy(\.isFinite), law.sizeFactor.isNormal, law.dataFactor.isNormal,
      runs.allSatisfy({ law.loss(parameters: $0.parameters, tokens: $0.tokens).isNormal })
    else { return nil }
    self = law
  }
}

/// The fit of a law as a sum to minimise. A point is (ln E, ln A - alpha m, alpha, ln B - beta d, beta), m and d being
/// the means of ln N and ln D.
private struct LawProblem {
  static let width = 1e-3

  private let n: [Double]
  private let d: [Double]
  private let logarithms: [Double]
  private let losses: [Double]
  private let means: (n: Double, d: Double)

  init(_ runs: [ScalingRun]) {
    let (ns, ds) = (runs.map { log($0.parameters) }, runs.map { log($0.tokens) })
    let count = Double(runs.count)
    let means = (n: ns.reduce(0, +) / count, d: ds.reduce(0, +) / count)
    self.means = means
    n = ns.map { $0 - means.n }
    d = ds.map { $0 - means.d }
    losses = runs.map(\.loss)
    logarithms = losses.map { log($0) }
  }

  func law(_ p: [Double]) -> ScalingLaw {
    ScalingLaw(
      floor: exp(p[0]), sizeFactor: exp(p[1] + p[2] * means.n), alpha: p[2], dataFactor: exp(p[3] + p[4] * means.d),
      beta: p[4])
  }

  func point(_ law: ScalingLaw) -> [Double] {
    [
      log(law.floor), log(law.sizeFactor) - law.alpha * means.n, law.alpha, log(law.dataFactor) - law.beta * means.d,
      law.beta,
    ]
  }

  /// The point of two exponents whose other numbers meet the losses best, each at least a thousandth of the least loss.
  func point(alpha: Double, beta: Double) -> [Double]? {
    let columns = [n.map { _ in 1.0 }, n.map { exp(-alpha * $0) }, d.map { exp(-beta * $0) }]
    let fit = OrthogonalFit(columns, losses)
    let least = 1e-3 * (losses.min() ?? 1)
    let numbers = [[1.0, 0, 0], [0, 1, 0], [0, 0, 1]].compactMap { fit.form($0)?.value }
    guard numbers.count == 3 else { return nil }
    let logs = numbers.map { log(max(least, $0)) }
    return [logs[0], logs[1], alpha, logs[2], beta]
  }

  /// The logarithm of the law at a run, and the shares of its three terms.
  private func term(_ p: [Double], _ run: Int) -> (value: Double, shares: (Double, Double, Double)) {
    let (x, y, z) = (p[0], p[1] - p[2] * n[run], p[3] - p[4] * d[run])
    let top = max(x, y, z)
    let (e, a, b) = (exp(x - top), exp(y - top), exp(z - top))
    let sum = e + a + b
    return (top + log(sum), (e / sum, a / sum, b / sum))
  }

  /// Huber's loss over the square of its width, and its gradient.
  func value(_ p: [Double]) -> (value: Double, gradient: [Double]) {
    var (sum, gradient) = (0.0, [Double](repeating: 0, count: 5))
    for run in n.indices {
      let (value, shares) = term(p, run)
      let r = (value - logarithms[run]) / Self.width
      sum += abs(r) <= 1 ? r * r / 2 : abs(r) - 0.5
      let slope = min(1, max(-1, r)) / Self.width
      for (index, part) in Self.derivatives(shares, n[run], d[run]).enumerated() { gradient[index] += slope * part }
    }
    return (sum, gradient)
  }

  private static func derivatives(_ shares: (Double, Double, Double), _ n: Double, _ d: Double) -> [Double] {
    [shares.0, shares.1, -shares.1 * n, shares.2, -shares.2 * d]
  }

  /// The Hessian without second derivatives of the law, where large residuals count as those at the width do by Huber's
  /// weights.
  func curvature(_ p: [Double]) -> [[Double]] {
    var sum = [[Double]](repeating: [Double](repeating: 0, count: 5), count: 5)
    for run in n.indices {
      let (value, shares) = term(p, run)
      let r = abs(value - logarithms[run]) / Self.width
      let weight = 1 / max(1, r) / (Self.width * Self.width)
      let parts = Self.derivatives(shares, n[run], d[run])
      for i in 0..<5 { for j in 0..<5 { sum[i][j] += weight * parts[i] * parts[j] } }
    }
    return sum
  }
}
