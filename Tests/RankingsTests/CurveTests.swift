import Foundation
import Rankings
import TestSupport
import Testing

/// Curves of predictions and of replicates beside scikit-learn and scipy: `Goldens/make_curve_goldens.py`.
@Suite struct CurveTests {
  struct Golden: Decodable {
    struct Rates: Decodable {
      let labels: [Int]
      let scores: [Double]
      let falsePositiveRates: [Double]
      let truePositiveRates: [Double]
      let thresholds: [Double]
      let precision: [Double]
      let recall: [Double]
      let auroc: Double
      let averagePrecision: Double
    }
    struct Calibrated: Decodable {
      let probabilities: [Double]
      let outcomes: [Int]
      let bins: Int
      let rows: [Int]
      let forecast: [Double]
      let observed: [Double]
      let expectedError: Double
      let brier: Double
    }
    struct Band: Decodable {
      let x: [[Double]]
      let y: [[Double]]
      let grid: [Double]
      let mean: [Double]
      let low: [Double]
      let high: [Double]
    }
    let rates: [Rates]
    let calibration: [Calibrated]
    let bands: [Band]
  }

  static let golden: Golden = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Goldens/curves.json")
    return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }()

  private static func areClose(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-12) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
  }

  @Test func `rates at all thresholds equal those of scikit-learn`() throws {
    for (number, one) in Self.golden.rates.enumerated() {
      let curve = try #require(RateCurve(scores: one.scores, positive: one.labels.map { $0 == 1 }))
      #expect(Self.areClose(curve.points.map(\.falsePositiveRate), one.falsePositiveRates), "\(number)")
      #expect(Self.areClose(curve.points.map(\.recall), one.truePositiveRates), "\(number)")
      #expect(curve.points[0].threshold == .infinity)
      #expect(Self.areClose(curve.points.dropFirst().map(\.threshold), one.thresholds), "\(number)")
      #expect(Self.areClose(curve.points.map(\.precision), one.precision), "\(number)")
      #expect(Self.areClose(curve.points.map(\.recall), one.recall), "\(number)")
      #expect(curve.positives == one.labels.reduce(0, +) && curve.negatives == one.labels.count - curve.positives)
      // The areas under these curves are those that tables have.
      let steps = Array(zip(curve.points, curve.points.dropFirst()))
      let area = steps.reduce(0.0) { sum, step in
        sum + (step.1.falsePositiveRate - step.0.falsePositiveRate) * (step.0.recall + step.1.recall) / 2
      }
      let precision = steps.reduce(0.0) { $0 + ($1.1.recall - $1.0.recall) * $1.1.precision }
      #expect(Self.areClose([area, precision], [one.auroc, one.averagePrecision]), "\(number)")
    }
  }

  @Test func `rates of a class are of its own scores`() throws {
    let labels = [0, 1, 1, 0, 1]
    let two = Predictions(logits: [0, -1, 0, 3, 0, 1, 0, 2, 0, 0.5], labels: labels, classes: 2)
    let (zero, one) = (try #require(two.rates(of: 0)), try #require(two.rates(of: 1)))
    #expect(one.points.map(\.threshold) == [.infinity, 3, 2, 1, 0.5, -1] && one.baseRate == 0.6)
    #expect(zero.points.map(\.threshold) == [.infinity, 1, -0.5, -1, -2, -3] && zero.baseRate == 0.4)
    let three = Predictions(
      logits: [2, 1, 0, 0, 2, 1, 1, 0, 2], labels: [0, 1, 2], classes: 3)
    #expect(three.rates(of: 2)?.points.map(\.recall) == [0, 1, 1, 1])
    #expect(Predictions(labels: labels, predicted: labels, classes: 2).rates(of: 1) == nil)
    #expect(RateCurve(scores: [1, 2], positive: [true, true]) == nil && RateCurve(scores: [], positive: []) == nil)
  }

  @Test func `bins of equal mass and their errors equal those of scikit-learn`() throws {
    for (number, one) in Self.golden.calibration.enumerated() {
      let found = try #require(
        Calibration(probabilities: one.probabilities, outcomes: one.outcomes.map { $0 == 1 }, bins: one.bins))
      #expect(found.bins.map(\.rows) == one.rows, "\(number)")
      #expect(Self.areClose(found.bins.map(\.forecast), one.forecast), "\(number)")
      #expect(Self.areClose(found.bins.compactMap(\.observed.value), one.observed), "\(number)")
      #expect(Self.areClose([found.expectedError, found.brier], [one.expectedError, one.brier]), "\(number)")
      #expect(found.bins.map(\.observed).allSatisfy { $0.low! < $0.high! && $0.low! >= 0 && $0.high! <= 1 })
    }
    // A third of 96 steps between 97 rows is a row, which is in the bin below.
    let even = (0..<97).map { Double($0) / 97 }
    let third = Calibration(probabilities: even, outcomes: even.map { $0 > 0.5 }, bins: 15)
    #expect(third?.bins.prefix(5).reduce(0) { $0 + $1.rows } == 33)
    #expect(Calibration(probabilities: [], outcomes: []) == nil)
  }

  /// The expectation is known: of one bin with probability p it is that of |k / n - p| over binomial k.
  @Test func `the error of perfect probabilities is that of the binomial distribution`() throws {
    for (rows, p) in [(20, 0.5), (100, 0.3)] {
      let one = try #require(
        Calibration(
          probabilities: [Double](repeating: p, count: rows), outcomes: (0..<rows).map { $0 % 3 == 0 }, bins: 1))
      var (expected, chance) = (0.0, pow(1 - p, Double(rows)))
      for hits in 0...rows {
        expected += chance * abs(Double(hits) / Double(rows) - p)
        chance *= Double(rows - hits) / Double(hits + 1) * p / (1 - p)
      }
      let found = one.perfect(draws: 4_000)
      #expect(abs(found.mean - expected) < 0.03 * expected, "\(rows): \(found.mean), not \(expected)")
      #expect(found.upper > found.mean && one.perfect() == one.perfect())
    }
    // Many rows of well calibrated forecasts have an error of the size of the expected one, and near 0.
    let even = (0..<4_000).map { (Double($0) + 0.5) / 4_000 }
    let good = try #require(
      Calibration(probabilities: even, outcomes: even.indices.map { even[$0] > Double($0 * 7919 % 4_000) / 4_000 }))
    #expect(good.perfect().upper < 0.03 && good.expectedError < 0.03)
  }

  @Test func `means of replicates and their intervals equal those of scipy`() throws {
    for (number, one) in Self.golden.bands.enumerated() {
      let curves = zip(one.x, one.y).map { Array(zip($0, $1)).map { (x: $0.0, y: $0.1) } }
      let found = try #require(ReplicateBand(curves))
      #expect(found.values.count == curves.count && found.values.allSatisfy { $0.count == found.x.count })
      #expect(found.replicates == curves.count && found.x == one.grid, "\(number)")
      #expect(Self.areClose(found.mean, one.mean), "\(number)")
      #expect(Self.areClose(found.band.compactMap { $0?.lowerBound }, one.low, 1e-9), "\(number)")
      #expect(Self.areClose(found.band.compactMap { $0?.upperBound }, one.high, 1e-9), "\(number)")
    }
  }

  @Test func `one replicate has no band, and those that share no place have no mean`() throws {
    let one = try #require(ReplicateBand([[(x: 1, y: 2), (x: 3, y: .nan), (x: 4, y: 5)], []]))
    #expect(one.replicates == 1 && one.x == [1, 4] && one.mean == [2, 5] && one.band == [nil, nil])
    #expect(ReplicateBand([[(x: 1, y: 2)], [(x: 3, y: 2)]]) == nil && ReplicateBand([]) == nil)
    let point = try #require(ReplicateBand([[(x: 1, y: 2)], [(x: 0, y: 3), (x: 2, y: 7)]]))
    #expect(point.x == [1] && point.mean == [3.5])
  }
}
