import Labelled
import Sequences

/// Parts of rows for a cross-validation, by a hash of their sequences: equal rows are in one.
struct Folds {
  static let count = 5
  private static let seed = 2
  /// By row.
  let numbers: [Int]

  init(_ records: [LabelledRecord]) {
    numbers = records.map { Int(HoldOut.hash($0.identity, seed: Self.seed) >> 33) % Self.count }
  }

  /// Rows in a fold, and the others.
  func parted(_ fold: Int) -> (train: [Int], test: [Int]) {
    (numbers.indices.filter { numbers[$0] != fold }, numbers.indices.filter { numbers[$0] == fold })
  }
}
