import Glibc
import Randomness

/// The scaling of one family of architectures: what its trainings at each budget say of the best size, and all together
/// of a law.
package struct ScalingFamily: Hashable, Sendable, Codable {
  /// The trainings of one budget.
  package struct Budget: Hashable, Sendable, Codable {
    /// The number of the budget among those of the study, from 0.
    package let number: Int
    /// The geometric mean over the trainings.
    package let operations: Double
    package let trainings: Int
    package let sizes: Int
    /// Loss over ln N; nil for fewer than three sizes.
    package let parabola: Parabola?
    /// Whether the minimum is between the least and the largest size.
    package var isInside: Bool { parabola?.isInside ?? false }
    /// The size and the tokens at the minimum, which have values where it is inside.
    package let size: ScalingEstimate
    package let tokens: ScalingEstimate
    /// The least loss of the parabola between the least and the largest size.
    package let loss: ScalingEstimate
  }

  package let name: String
  /// By budget, in the order of these.
  package let runs: [ScalingRun]
  /// By ascending operations.
  package let budgets: [Budget]
  package let law: ScalingLaw?
  /// In the order of quantities; those that do not apply are absent.
  package let estimates: [Estimated]
  /// By quantity: its values on resamples. Not part of a document.
  private(set) var resamples: [ScalingQuantity: [Double?]] = [:]

  /// Degrees of freedom of the residuals of parabolas, and of the law.
  private var (curveDegrees, lawDegrees) = (0, 0)

  private enum CodingKeys: CodingKey { case name, runs, budgets, law, estimates }

  /// A quantity of the family.
  package struct Estimated: Hashable, Sendable, Codable {
    package let quantity: ScalingQuantity
    package let estimate: ScalingEstimate
  }

  func degrees(_ quantity: ScalingQuantity) -> Int { quantity.isOfLaw ? lawDegrees : curveDegrees }

  package func estimate(_ quantity: ScalingQuantity) -> ScalingEstimate? {
    estimates.first { $0.quantity == quantity }?.estimate
  }

  /// Resamples of a bootstrap.
  static let resampleCount = 1000

  /// - Parameters:
  ///   - groups: the trainings of each budget of the study, by ascending operations; none where the family has none.
  ///   - common: the number of the budget at which losses are compared; nil: there is none.
  init(_ name: String, _ groups: [[ScalingRun]], common: Int?) {
    let own = groups.indices.filter { !groups[$0].isEmpty }
    let curves = groups.map(BudgetCurve.init)
    let runs = groups.flatMap(\.self)
    let law = ScalingLaw(runs)
    let random = BootstrapDraws(name)
    // Parabolas through as many points as they have numbers leave no residual, and nothing to resample.
    let residuals = curves.flatMap { $0.parabola?.residuals ?? [] }
    let shaken = (0..<(residuals.isEmpty ? 0 : Self.resampleCount)).map { resample -> [BudgetCurve] in
      var place = 0
      return curves.map { curve in
        defer { place += curve.x.count }
        return curve.shaken { residuals[random.integer(below: residuals.count, resample, place + $0)] }
      }
    }
    let laws = law.map { Self.laws(like: $0, runs, random) } ?? []
    let ofCurves = own.reduce(0) { $0 + (curves[$1].parabola == nil ? 0 : curves[$1].x.count - 3) }
    (curveDegrees, lawDegrees) = (ofCurves, runs.count - 5)
    budgets = own.map { number in
      let (curve, others) = (curves[number], shaken.map { $0[number] })
      return Budget(
        number: number, operations: curve.operations, trainings: curve.x.count, sizes: Set(curve.x).count,
        parabola: curve.parabola,
        size: ScalingEstimate(curve.size(), others.map { $0.size(slack: 0.5) }, degrees: ofCurves),
        tokens: ScalingEstimate(curve.tokens(), others.map { $0.tokens(slack: 0.5) }, degrees: ofCurves),
        loss: ScalingEstimate(curve.parabola?.least, others.map { $0.parabola?.least }, degrees: ofCurves))
    }
    let inside = own.filter { curves[$0].size() != nil }
    let slope = { (curves: [BudgetCurve], slack: Double, value: (BudgetCurve, Double) -> Double?) in
      Self.slope(inside.map { (log(curves[$0].operations), value(curves[$0], slack).map { log($0) }) })
    }
    let size = { (curve: BudgetCurve, slack: Double) in curve.size(slack: slack) }
    let tokens = { (curve: BudgetCurve, slack: Double) in curve.tokens(slack: slack) }
    var values: [ScalingQuantity: (Double?, [Double?])] = [
      .size: (slope(curves, 0, size), shaken.map { slope($0, 0.5, size) }),
      .tokens: (slope(curves, 0, tokens), shaken.map { slope($0, 0.5, tokens) }),
      .alpha: (law?.alpha, laws.map(\.?.alpha)), .beta: (law?.beta, laws.map(\.?.beta)),
      .lawSize: (law?.sizeExponent, laws.map(\.?.sizeExponent)), .floor: (law?.floor, laws.map(\.?.floor)),
    ]
    if let common { values[.loss] = (curves[common].parabola?.least, shaken.map { $0[common].parabola?.least }) }
    self.name = name
    self.runs = runs
    self.law = law
    estimates = ScalingQuantity.allCases.compactMap { quantity in
      values[quantity].map { value, resamples in
        let own = quantity.isOfLaw ? runs.count - 5 : ofCurves
        return Estimated(quantity: quantity, estimate: ScalingEstimate(value, resamples, degrees: own))
      }
    }
    resamples = values.mapValues(\.1)
  }

  /// The slope of a straight line by least squares; nil for fewer than two points, and where one has no value.
  private static func slope(_ points: [(x: Double, y: Double?)]) -> Double? {
    let (x, y) = (points.map(\.x), points.compactMap(\.y))
    guard points.count > 1, y.count == points.count else { return nil }
    let (mx, my) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
    let square = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
    return square > 0 ? zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) } / square : nil
  }

  /// The laws of resamples: residuals of logarithms, drawn with replacement and spread by sqrt(n / (n - 5)), added to
  /// what the law says.
  private static func laws(like law: ScalingLaw, _ runs: [ScalingRun], _ random: BootstrapDraws) -> [ScalingLaw?] {
    let fitted = runs.map { log(law.loss(parameters: $0.parameters, tokens: $0.tokens)) }
    let spread = (Double(runs.count) / Double(max(1, runs.count - 5))).squareRoot()
    let residuals = zip(runs, fitted).map { spread * (log($0.loss) - $1) }
    return (0..<resampleCount).map { resample in
      let others = zip(runs, fitted).enumerated().map { index, pair in
        let drawn = residuals[random.integer(below: residuals.count, resample, BootstrapDraws.ofLaw + index)]
        return ScalingRun(
          parameters: pair.0.parameters, tokens: pair.0.tokens, operations: pair.0.operations,
          loss: exp(pair.1 + drawn))
      }
      return ScalingLaw(others, from: law)
    }
  }
}

/// The draws of a family's bootstrap, which do not depend on other families.
private struct BootstrapDraws {
  private let random = Philox(seed: 0, stream: .bootstrap)
  private let hash: Int

  /// The first counter of the draws of laws.
  static let ofLaw = 1 << 20

  init(_ name: String) {
    hash = Int(name.utf8.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 })
  }

  func integer(below bound: Int, _ resample: Int, _ draw: Int) -> Int {
    random.integer(below: bound, resample, hash, draw)
  }
}

/// The trainings of a family at one budget, as losses over sizes.
private struct BudgetCurve {
  /// ln N, losses and ln D, by training.
  let x: [Double]
  private let losses: [Double]
  private let tokenCurve: Parabola?
  let operations: Double
  let parabola: Parabola?

  init(_ runs: [ScalingRun]) {
    x = runs.map { log($0.parameters) }
    losses = runs.map(\.loss)
    operations = runs.isEmpty ? 0 : exp(runs.reduce(0) { $0 + log($1.operations) } / Double(runs.count))
    tokenCurve = Parabola(x, runs.map { log($0.tokens) })
    parabola = Parabola(x, losses)
  }

  private init(_ curve: BudgetCurve, _ losses: [Double]) {
    (x, operations, tokenCurve, self.losses) = (curve.x, curve.operations, curve.tokenCurve, losses)
    parabola = Parabola(x, losses)
  }

  /// The curve of what the parabola says with other residuals.
  func shaken(_ residual: (_ training: Int) -> Double) -> BudgetCurve {
    guard let parabola else { return self }
    return BudgetCurve(self, x.indices.map { parabola.value(x[$0]) + residual($0) })
  }

  /// ln N of the minimum; nil where it is further outside the sizes than `slack` of what they span.
  private func lowest(_ slack: Double) -> Double? {
    guard let parabola, let lowest = parabola.lowest else { return nil }
    let room = slack * (parabola.range.upperBound - parabola.range.lowerBound)
    return lowest >= parabola.range.lowerBound - room && lowest <= parabola.range.upperBound + room ? lowest : nil
  }

  func size(slack: Double = 0) -> Double? { lowest(slack).map { exp($0) } }

  func tokens(slack: Double = 0) -> Double? {
    guard let lowest = lowest(slack), let tokenCurve else { return nil }
    return exp(tokenCurve.value(lowest))
  }
}
