import Rankings
import TestSupport

/// Rows of two classes that some are hard for all models, and models with an accuracy each on them.
struct Plant {
  var random: RandomNumbers
  let labels: [Int]
  /// (n): the part of the difficulty that models share.
  let shared: [Double]

  init(rows: Int, seed: UInt64) {
    random = RandomNumbers(seed: seed)
    var random = random
    labels = (0..<rows).map { _ in Int.random(in: 0...1, using: &random) }
    shared = (0..<rows).map { _ in Double.random(in: 0..<1, using: &random) }
    self.random = random
  }

  /// A model that is right with this probability; one half of its errors are on rows that are hard for all.
  mutating func model(_ accuracy: Double) -> Predictions {
    let predicted = labels.indices.map { row in
      let own = Double.random(in: 0..<1, using: &random)
      let isWrong = Bool.random(using: &random) ? shared[row] > accuracy : own > accuracy
      return isWrong ? 1 - labels[row] : labels[row]
    }
    return Predictions(labels: labels, predicted: predicted, classes: 2)
  }
}
