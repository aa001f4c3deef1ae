import Foundation
import Rankings
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

  private static func standardised() -> (train: SparseRows, test: SparseRows) {
    var (first, last) = (matrix(0..<train), matrix(train..<rows))
    let scale = ColumnScale(first, columns: features)
    scale.apply(to: &first)
    scale.apply(to: &last)
    return (SparseRows(dense: first, features: features), SparseRows(dense: last, features: features))
  }

  /// Labels, targets (n, m) of train, the loss and the score of outputs for the last rows.
  private func task(_ name: String) -> (
    targets: [Double], outputs: Int, loss: LinearModel.Loss, score: ([Double]) -> Double
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
        train, task.targets, task.loss, strength: golden.strength, tolerance: 1e-9))
    #expect(model.weights.count == golden.weights.count)
    // The intercepts of a softmax are free but for what all have in common, which nothing penalises.
    let first = Self.features * task.outputs
    let free = task.outputs == 1 ? 0 : model.weights[first] - golden.weights[first]
    for (place, (weight, expected)) in zip(model.weights, golden.weights).enumerated() {
      let error = weight - expected - (place < first ? 0 : free)
      #expect(abs(error) < 2e-5 + 2e-5 * abs(expected), "weight \(place): \(weight), \(expected)")
    }
    for output in 0..<task.outputs { #expect(model.weights[3 * task.outputs + output] == 0, "the constant column") }
    #expect(abs(task.score(model.evaluate(test)) - golden.score) < 1e-5)
  }

  @Test func `the best penalty is taken, and the stronger one of equals`() throws {
    let (train, _) = Self.standardised()
    let task = task("two classes")
    let start = LinearModel(features: Self.features, outputs: 1)
    let choose = { (scores: [Double: Double]) -> (strength: Double?, asked: [Double]) in
      var asked: [Double] = []
      let choice = start.best(
        of: [10, 0.1, 1], train, task.targets, task.loss, isCancelled: { false }
      ) { _, strength in
        asked.append(strength)
        return scores[strength]!
      }
      return (choice?.strength, asked)
    }
    #expect(choose([0.1: 3, 1: 5, 10: 4]) == (1, [0.1, 1, 10]))
    #expect(choose([0.1: 3, 1: 5, 10: 5]).strength == 1)
    #expect(choose([0.1: 3, 1: 3, 10: 6]).strength == 10)
    #expect(start.best(of: [1], train, task.targets, task.loss, isCancelled: { true }) { _, _ in 0 } == nil)
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

  /// Dense rows are the rows that have all their entries.
  @Test func `dense rows are sparse rows without a gap`() throws {
    let values = Self.matrix(0..<Self.train)
    var sparse = SparseRows(features: Self.features)
    for row in 0..<Self.train { sparse.add((0..<Self.features).map { ($0, values[Self.features * row + $0]) }) }
    let dense = SparseRows(dense: values, features: Self.features)
    #expect(dense.count == sparse.count)
    let targets = task("values").targets
    let start = LinearModel(features: Self.features, outputs: 1)
    let models = [dense, sparse].map { start.fitted($0, targets, .squared, strength: 1) }
    #expect(try #require(models[0]).weights == #require(models[1]).weights)
  }
}
