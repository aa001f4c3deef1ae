import Foundation
import TestSupport
import Testing

@testable import Statistics

@Suite struct ScalingTests {
  private struct Golden: Decodable {
    let runs: [[Double]]
    /// ln E, ln A, alpha, ln B, beta.
    let law: [Double]
    let parabola: [Double]
    let lowest: Double

    static func all() throws -> [Golden] {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Goldens/scaling.json")
      return try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file))
    }

    var points: [ScalingRun] {
      runs.map { ScalingRun(parameters: $0[0], tokens: $0[1], operations: $0[2], loss: $0[3]) }
    }
  }

  @Test func `a law is that of SciPy, with outliers too`() throws {
    for golden in try Golden.all() {
      let law = try #require(ScalingLaw(golden.points))
      let own = [log(law.floor), log(law.sizeFactor), law.alpha, log(law.dataFactor), law.beta]
      for (a, b) in zip(own, golden.law) { #expect(abs(a - b) < 1e-4 * max(1, abs(b)), "\(own) \(golden.law)") }
    }
  }

  @Test func `a parabola is that of NumPy`() throws {
    for golden in try Golden.all() {
      let points = golden.points.prefix(7)
      let parabola = try #require(Parabola(points.map { log($0.parameters) }, points.map(\.loss)))
      for (a, b) in zip(parabola.coefficients, golden.parabola) { #expect(abs(a - b) < 1e-9) }
      #expect(abs(parabola.lowest! - golden.lowest) < 1e-6)
      let inside = parabola.range.contains(golden.lowest)
      #expect(parabola.isInside == inside)
      #expect(inside ? parabola.least == parabola.value(parabola.lowest!) : true)
    }
  }

  @Test func `points that make no parabola have none`() {
    #expect(Parabola([], []) == nil)
    #expect(Parabola([1, 1, 2, 2], [3, 4, 5, 6]) == nil)
    #expect(Parabola([1, 2, 3], [1, 2, 3])?.lowest == nil)
    #expect(Parabola([1, 2, 3], [3, 2, 3])?.lowest == 2)
  }

  static let truth = ScalingLaw(floor: 1.69, sizeFactor: 406.4, alpha: 0.34, dataFactor: 410.7, beta: 0.28)

  /// Seven sizes around the best one at each of five budgets, C = 6 N D, with noise of a share of the loss.
  static func trainings(
    _ law: ScalingLaw = truth, noise: Double, seed: Int, budgets: Int = 5, sizes: Range<Int> = 0..<7
  ) -> [ScalingRun] {
    var random = RandomNumbers(seed: UInt64(seed))
    return (0..<budgets).flatMap { budget -> [ScalingRun] in
      let c = 6e18 * pow(3, Double(budget))
      let factor = pow(law.alpha * law.sizeFactor / (law.beta * law.dataFactor), 1 / (law.alpha + law.beta))
      let best = factor * pow(c / 6, law.sizeExponent)
      return sizes.map { size in
        let n = best * pow(2, 0.7 * Double(size - 3))
        let loss = law.loss(parameters: n, tokens: c / 6 / n) * exp(noise * random.normal())
        return ScalingRun(parameters: n, tokens: c / 6 / n, operations: c, loss: loss)
      }
    }
  }

  @Test func `a law without noise is found exactly`() throws {
    let law = try #require(ScalingLaw(Self.trainings(noise: 0, seed: 1)))
    #expect(abs(law.alpha - 0.34) < 1e-5 && abs(law.beta - 0.28) < 1e-5 && abs(law.floor - 1.69) < 1e-5)
  }

  /// Intervals of 95 % hold the truth: in at least 90 of 100 trials each.
  @Test func `planted exponents are within their intervals`() throws {
    let trials = Trials.count(4)
    let wanted: [(ScalingQuantity, Double)] = [
      (.size, 0.28 / 0.62), (.tokens, 0.34 / 0.62), (.alpha, 0.34), (.beta, 0.28), (.lawSize, 0.28 / 0.62),
      (.floor, 1.69),
    ]
    var hits: [ScalingQuantity: Int] = [:]
    for trial in 0..<trials {
      let runs = Self.trainings(noise: 0.003, seed: trial).map { (family: "one", run: $0) }
      let family = try #require(ScalingStudy(runs)).families[0]
      for (quantity, value) in wanted {
        let estimate = try #require(family.estimate(quantity))
        if let low = estimate.low, let high = estimate.high, low <= value, value <= high {
          hits[quantity, default: 0] += 1
        }
      }
    }
    for (quantity, _) in wanted {
      let found = hits[quantity] ?? 0
      #expect(Trials.isStress ? 100 * found >= 90 * trials : found >= trials - 2, "\(quantity): \(found) of \(trials)")
    }
  }

  @Test func `families are told apart where they differ, and only there`() throws {
    let other = ScalingLaw(floor: 1.69, sizeFactor: 406.4, alpha: 0.34, dataFactor: 120, beta: 0.22)
    let runs =
      Self.trainings(noise: 0.002, seed: 1).map { (family: "one", run: $0) }
      + Self.trainings(noise: 0.002, seed: 2).map { (family: "two", run: $0) }
      + Self.trainings(other, noise: 0.002, seed: 3).map { (family: "three", run: $0) }
    let study = try #require(ScalingStudy(runs))
    #expect(study.common == 4)
    func adjusted(_ quantity: ScalingQuantity, _ first: Int, _ second: Int) -> Double? {
      study.comparisons.first { $0.quantity == quantity && $0.first == first && $0.second == second }?.adjusted
    }
    #expect(try #require(adjusted(.beta, 0, 1)) > 0.05)
    #expect(try #require(adjusted(.beta, 0, 2)) < 0.05)
    #expect(try #require(adjusted(.beta, 1, 2)) < 0.05)
    #expect(try #require(adjusted(.loss, 0, 2)) < 0.05)
    // An interval without 0 is a probability below 1 in 20, but for the steps of resamples.
    for seed in [8, 11, 13] {
      let few =
        Self.trainings(noise: 0.003, seed: seed, budgets: 2, sizes: 1..<6).map { (family: "one", run: $0) }
        + Self.trainings(noise: 0.003, seed: seed + 4, budgets: 2, sizes: 1..<6).map { (family: "two", run: $0) }
      for pair in try #require(ScalingStudy(few)).comparisons {
        guard let low = pair.difference.low, let high = pair.difference.high else { continue }
        let p = try #require(pair.probability)
        #expect(low > 0 || high < 0 ? p < 0.055 : p > 0.045, "\(pair)")
      }
    }
    // Equal input, equal bits.
    #expect(ScalingStudy(runs) == study)
  }

  /// A parabola through three points leaves no residual, so that nothing tells how sure its minimum is.
  @Test func `three sizes of a budget make no interval`() throws {
    let sizes = { (seed: Int, sizes: Range<Int>) in
      (0..<4).flatMap { budget in
        Self.trainings(noise: 0.003, seed: seed, budgets: 4)[(7 * budget)..<(7 * budget + 7)]
          .enumerated().filter { sizes.contains($0.offset) }.map(\.element)
      }
    }
    let runs =
      sizes(1, 2..<5).map { (family: "one", run: $0) } + sizes(2, 2..<5).map { (family: "two", run: $0) }
    let study = try #require(ScalingStudy(runs))
    for family in study.families {
      #expect(family.budgets.allSatisfy { $0.parabola != nil && $0.loss.value != nil && $0.loss.low == nil })
    }
    for pair in study.comparisons where !pair.quantity.isOfLaw {
      #expect(pair.difference.low == nil && pair.probability == nil && pair.adjusted == nil, "\(pair)")
    }
    // Points that a parabola meets add no zeros to the residuals of others.
    let exact = try #require(Parabola([1, 2, 3], [4, 1, 5])), loose = try #require(Parabola([1, 1, 2, 3], [4, 5, 1, 5]))
    #expect(exact.residuals.isEmpty && loose.residuals.count == 2)
    let four = try #require(ScalingStudy(sizes(1, 1..<5).map { (family: "one", run: $0) })).families[0]
    #expect(four.budgets.allSatisfy { $0.loss.low != nil && $0.loss.low! < $0.loss.value! })
  }

  /// Losses that only chance tells apart drive exponents to hundreds, and factors beyond all numbers.
  @Test func `losses that do not fall make no law that is no number`() throws {
    var laws = 0
    for seed in 0..<30 {
      var random = RandomNumbers(seed: UInt64(seed))
      let runs = Self.trainings(noise: 0, seed: 0, budgets: 2, sizes: 0..<4).map { run in
        ScalingRun(
          parameters: run.parameters, tokens: run.tokens, operations: run.operations,
          loss: 1.3 * exp(0.001 * random.normal()))
      }
      guard let law = ScalingLaw(runs) else { continue }
      laws += 1
      let numbers = [law.floor, law.sizeFactor, law.alpha, law.dataFactor, law.beta]
      #expect(numbers.allSatisfy { $0.isFinite }, "\(numbers)")
      for run in runs { #expect(law.loss(parameters: run.parameters, tokens: run.tokens) > 0) }
    }
    #expect(laws < 30)
  }

  /// A minimum beyond the sizes is not taken for one.
  @Test func `sizes that miss the minimum determine no exponent`() throws {
    let runs = Self.trainings(noise: 0, seed: 1, sizes: 4..<8).map { (family: "one", run: $0) }
    let family = try #require(ScalingStudy(runs)).families[0]
    #expect(family.budgets.allSatisfy { !$0.isInside && $0.size.value == nil })
    #expect(family.estimate(.size)?.value == nil && family.estimate(.size)?.low == nil)
    #expect(family.law != nil)
    let single = Self.trainings(noise: 0, seed: 1, budgets: 1).map { (family: "one", run: $0) }
    let alone = try #require(ScalingStudy(single)).families[0]
    #expect(alone.budgets[0].isInside && alone.estimate(.size)?.value == nil)
    #expect(ScalingLaw(Array(single.map(\.run).prefix(5))) == nil)
  }
}
