import Glibc
import LinearModels
import System
import Testing

/// Linear models against closed forms and against what scikit-learn finds.
@Suite struct LinearModelTests {
  /// A pool of its own for each test: a pool has one caller at a time.
  static var workers: WorkerPool { WorkerPool(threads: 2) }

  /// Numbers that follow from their place.
  static func noise(_ count: Int, seed: UInt64) -> [Double] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) * 0x1p-52 - 1
    }
  }

  /// 40 rows of 3 features.
  private static let rows = DenseRows(noise(120, seed: 7).map { Float($0) }, features: 3)

  /// The gradient of the objective over C n at the model, by central differences of the loss written out plainly.
  private func slope(_ model: LinearModel, _ loss: LinearLoss, _ targets: [Double], _ strength: Double)
    -> [Double]
  {
    let m = model.outputs
    let values = Self.noise(120, seed: 7).map { Double(Float($0)) }
    func objective(_ weights: [Double]) -> Double {
      var sum = 0.0
      for row in 0..<40 {
        let z = (0..<m).map { output in
          (0..<3).reduce(weights[3 * m + output]) { $0 + values[3 * row + $1] * weights[$1 * m + output] }
        }
        let y = targets[(row * m)..<(row * m + m)]
        switch loss {
        case .squared: sum += zip(z, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / 2 }
        case .sigmoid: sum += zip(z, y).reduce(0) { $0 + log(1 + exp($1.0)) - $1.1 * $1.0 }
        case .softmax: sum += log(z.reduce(0) { $0 + exp($1) }) - zip(z, y).reduce(0) { $0 + $1.0 * $1.1 }
        }
      }
      return sum / 40 + weights.prefix(3 * m).reduce(0) { $0 + $1 * $1 } / (2 * 40 * strength)
    }
    return model.weights.indices.map { place in
      var above = model.weights, below = model.weights
      above[place] += 1e-5
      below[place] -= 1e-5
      return (objective(above) - objective(below)) / 2e-5
    }
  }

  @Test(arguments: [0.1, 1, 100]) func `the objective is flat at the model`(_ strength: Double) throws {
    let noise = Self.noise(120, seed: 9)
    for (loss, outputs, targets) in [
      (.squared, 1, Array(noise.prefix(40))), (.sigmoid, 1, noise.prefix(40).map { $0 > 0 ? 1 : 0 }),
      (.sigmoid, 3, noise.map { $0 > 0.3 ? 1 : 0 }),
      (.softmax, 3, (0..<120).map { $0 % 3 == ($0 / 3) * 7 % 5 % 3 ? 1 : 0 }),
    ] as [(LinearLoss, Int, [Double])] {
      let start = LinearModel(features: 3, outputs: outputs)
      let model = try #require(
        start.fitted(Self.rows, targets, loss, strength: strength, tolerance: 1e-8, Self.workers))
      #expect(slope(model, loss, targets, strength).allSatisfy { abs($0) < 1e-6 }, "\(loss) \(outputs)")
      #expect(slope(start, loss, targets, strength).contains { abs($0) > 1e-3 }, "the test can fail")
      #expect(start.fitted(Self.rows, targets, loss, strength: strength, Self.workers) { true } == nil)
    }
  }

  @Test func `a linear model finds the line behind its targets`() throws {
    let rows = DenseRows((0..<20).flatMap { [Float($0), Float($0 % 3)] }, features: 2)
    let targets = (0..<20).map { (x: Int) -> Double in 2 * Double(x) - Double(x % 3) + 5 }
    let model = try #require(
      LinearModel(features: 2, outputs: 1).fitted(
        rows, targets, .squared, strength: 1e6, tolerance: 1e-9, Self.workers))
    for (weight, expected) in zip(model.weights, [2.0, -1, 5]) { #expect(abs(weight - expected) < 1e-3) }
    #expect(zip(model.evaluate(rows, Self.workers), targets).allSatisfy { abs($0 - $1) < 1e-2 })
  }
}
