import Foundation
import LinearModels
import Rankings
import System
import Testing

/// Linear models of dense features, standardised on train, against scikit-learn: `Goldens/make_linear_goldens.py`.
@Suite struct PenaltyTests {
  struct Golden: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let strength: Double
    /// (f + 1, m), as a `LinearModel` has them.
    let weights: [Double]
    /// MCC of classes, R2 of values, on the last rows.
    let score: Double
    var testDescription: String { "\(name), C \(strength)" }
  }

  static let goldens: [Golden] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Goldens/linear.json")
    return try! JSONDecoder().decode([Golden].self, from: Data(contentsOf: file))
  }()

  private let workers = LinearModelTests.workers
  private static let (rows, train, features) = (90, 60, 5)
  private static let raw = LinearModelTests.noise(rows * 4, seed: 5)
  private static let signal: [Double] = {
    let noise = LinearModelTests.noise(rows, seed: 6)
    return (0..<rows).map { (row: Int) -> Double in
      let first = raw[4 * row] - 0.7 * raw[4 * row + 1]
      return first + 0.4 * raw[4 * row + 2] + 0.8 * noise[row]
    }
  }()

  /// The matrix of the script: columns of very different scales, a constant one, and two that nearly agree.
  private static func matrix(_ rows: Range<Int>) -> [Float] {
    rows.flatMap { (row: Int) -> [Float] in
      let own: [Double] = Array(raw[4 * row..<4 * row + 4])
      let last: Double = own[0] + 0.1 * own[3]
      let values: [Double] = [own[0], 100 + 3 * own[1], 1e-3 * own[2], 7.25, last]
      return values.map { Float($0) }
    }
  }

  private static func standardised() -> (train: DenseRows, test: DenseRows) {
    var (first, last) = (matrix(0..<train), matrix(train..<rows))
    let scale = ColumnScale(first, columns: features)
    scale.apply(to: &first)
    scale.apply(to: &last)
    return (DenseRows(first, features: features), DenseRows(last, features: features))
  }

  /// Labels, targets (n, m) of train, the loss and the score of outputs for the last rows.
  private func task(_ name: String) -> (
    targets: [Double], outputs: Int, loss: LinearLoss, score: ([Double]) -> Double
  ) {
    let (signal, train) = (Self.signal, Self.train)
    switch name {
    case "values":
      return (
        Array(signal.prefix(train)), 1, .squared,
        { Regression(predicted: $0, targets: Array(signal.dropFirst(train))).value(of: .r2)! }
      )
    case "two classes":
      let labels = signal.map { $0 > 0 ? 1 : 0 }
      return (
        labels.prefix(train).map(Double.init), 1, .sigmoid,
        { values in
          Predictions(logits: values.flatMap { [0, $0] }, labels: Array(labels.dropFirst(train)), classes: 2).value(
            of: .mcc)!
        }
      )
    default:
      let labels = signal.map { $0 >= 0.4 ? 2 : $0 >= -0.3 ? 1 : 0 }
      return (
        labels.prefix(train).flatMap { label in (0..<3).map { $0 == label ? 1 : 0 } }, 3, .softmax,
        { Predictions(logits: $0, labels: Array(labels.dropFirst(train)), classes: 3).value(of: .mcc)! }
      )
    }
  }

  @Test(arguments: goldens) func `weights and scores are those of scikit-learn`(_ golden: Golden) throws {
    let (train, test) = Self.standardised()
    let task = task(golden.name)
    let model = try #require(
      LinearModel(features: Self.features, outputs: task.outputs).fitted(
        train, task.targets, task.loss, strength: golden.strength, tolerance: 1e-9, workers))
    #expect(model.weights.count == golden.weights.count)
    // The intercepts of a softmax are free but for what all have in common, which nothing penalises.
    let first = Self.features * task.outputs
    let free = task.outputs == 1 ? 0 : model.weights[first] - golden.weights[first]
    for (place, (weight, expected)) in zip(model.weights, golden.weights).enumerated() {
      let error = weight - expected - (place < first ? 0 : free)
      #expect(abs(error) < 2e-5 + 2e-5 * abs(expected), "weight \(place): \(weight), \(expected)")
    }
    for output in 0..<task.outputs { #expect(model.weights[3 * task.outputs + output] == 0, "the constant column") }
    #expect(abs(task.score(model.evaluate(test, workers)) - golden.score) < 1e-5)
  }

  @Test func `the best penalty is taken, and the stronger one of equals`() throws {
    let (train, _) = Self.standardised()
    let task = task("two classes")
    let start = LinearModel(features: Self.features, outputs: 1)
    let choose = { (scores: [Double: Double]) -> (strength: Double?, asked: [Double]) in
      var asked: [Double] = []
      let choice = start.best(
        of: [10, 0.1, 1], train, task.targets, task.loss, workers, isCancelled: { false }
      ) { _, strength in
        asked.append(strength)
        return scores[strength]!
      }
      return (choice?.strength, asked)
    }
    #expect(choose([0.1: 3, 1: 5, 10: 4]) == (1, [0.1, 1, 10]))
    #expect(choose([0.1: 3, 1: 5, 10: 5]).strength == 1)
    #expect(choose([0.1: 3, 1: 3, 10: 6]).strength == 10)
    #expect(start.best(of: [1], train, task.targets, task.loss, workers, isCancelled: { true }) { _, _ in 0 } == nil)
  }

  @Test func `columns are scaled by train alone`() {
    var values: [Float] = [1, 5, 0.1, 3, 5, 0.1]
    let scale = ColumnScale(values, columns: 3)
    scale.apply(to: &values)
    #expect(values == [-1, 0, 0, 1, 0, 0])
    var other: [Float] = [2, 9, 7]
    scale.apply(to: &other)
    #expect(other == [0, 0, 0])
  }

  /// By eigenvalues, of rows and of features, and by conjugate gradients: one minimum, at which the gradient is 0.
  @Test(arguments: [(20, 90), (90, 20), (600, 700), (700, 600)]) func `values are solved for all penalties at once`(
    _ count: Int, _ features: Int
  ) throws {
    let rows = DenseRows(LinearModelTests.noise(count * features, seed: 11).map { Float($0 + 0.2) }, features: features)
    let targets = LinearModelTests.noise(count, seed: 12).map { $0 + 3 }
    let strengths = [10, 0.001, 0.1]
    var models: [(model: LinearModel, strength: Double)] = []
    let choice = LinearModel(features: features, outputs: 1).best(
      of: strengths, rows, targets, .squared, workers, isCancelled: { false }
    ) {
      models.append(($0, $1))
      return $1 == 0.1 ? 1 : 0
    }
    #expect(choice?.strength == 0.1 && models.map(\.strength) == strengths.sorted())
    for (model, strength) in models {
      let errors = zip(model.evaluate(rows, workers), targets).map { $0 - $1 }
      var slope = [Double](repeating: 0, count: features)
      rows.transposed(0..<count, errors, outputs: 1, addingTo: &slope)
      for feature in 0..<features {
        #expect(abs(strength * slope[feature] + model.weights[feature]) < 1e-6 * (1 + strength), "\(strength)")
      }
      #expect(abs(errors.reduce(0, +)) < 1e-8 * Double(count))
    }
    let none = LinearModel(features: features, outputs: 1).best(
      of: [1], rows, targets, .squared, workers, isCancelled: { true }
    ) { _, _ in 0 }
    #expect(none == nil)
  }
}
