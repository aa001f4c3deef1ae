package import System

/// A linear model whose penalty is the best of several on rows that it was not fitted to.
package struct PenaltyChoice: Sendable {
  package let model: LinearModel
  /// C, the inverse strength of the penalty.
  package let strength: Double
  /// The score of the model, higher is better.
  package let score: Double
}

extension LinearModel {
  /// The best of the models of all `strengths`, the strongest penalty first: a weaker one must be better to be taken.
  /// Each is fitted from the one before; of values all are solved at once, from nothing. nil when `isCancelled` says
  /// so; at least one strength.
  ///
  /// - Parameters:
  ///   - tolerance: that of `fitted`.
  ///   - score: gives the score of each model on other rows, higher is better.
  package func best(
    of strengths: [Double], _ rows: some FeatureRows, _ targets: [Double], _ loss: LinearLoss, tolerance: Double = 1e-4,
    _ workers: WorkerPool, isCancelled: () -> Bool, score: (_ model: LinearModel, _ strength: Double) -> Double
  ) -> PenaltyChoice? {
    precondition(!strengths.isEmpty, "no strength to choose from")
    var best: PenaltyChoice?
    var model = self
    let ascending = strengths.sorted()
    var solved: [[Double]] = []
    if loss == .squared, outputs == 1 {
      let ridge = Ridge(RowProducts(rows, outputs: 1, workers), targets)
      guard let weights = ridge.weights(ascending, isCancelled: isCancelled) else { return nil }
      solved = weights
    }
    for (place, strength) in ascending.enumerated() {
      if isCancelled() { return nil }
      if solved.isEmpty {
        guard
          let fitted = model.fitted(
            rows, targets, loss, strength: strength, tolerance: tolerance, workers, isCancelled: isCancelled)
        else { return nil }
        model = fitted
      } else {
        model = LinearModel(outputs: 1, weights: solved[place])
      }
      let score = score(model, strength)
      if best.map({ score > $0.score }) ?? true {
        best = PenaltyChoice(model: model, strength: strength, score: score)
      }
    }
    return best
  }
}
