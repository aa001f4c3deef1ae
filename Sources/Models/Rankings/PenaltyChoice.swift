/// A linear model whose penalty is the best of several on rows that it was not fitted to.
package struct PenaltyChoice: Sendable {
  package let model: LinearModel
  /// C, the inverse strength of the penalty.
  package let strength: Double
  /// The score of the model, higher is better.
  package let score: Double
}

extension LinearModel {
  /// The best of the models of all `strengths`, each fitted from the one before, the strongest penalty first: a weaker
  /// one must be better to be taken. nil when `isCancelled` says so; at least one strength.
  ///
  /// - Parameters:
  ///   - tolerance: that of `fitted`.
  ///   - score: gives the score of each model on other rows, higher is better.
  package func best(
    of strengths: [Double], _ rows: SparseRows, _ targets: [Double], _ loss: Loss, tolerance: Double = 1e-4,
    isCancelled: () -> Bool, score: (_ model: LinearModel, _ strength: Double) -> Double
  ) -> PenaltyChoice? {
    precondition(!strengths.isEmpty, "no strength to choose from")
    var best: PenaltyChoice?
    var model = self
    for strength in strengths.sorted() {
      guard
        let fitted = model.fitted(
          rows, targets, loss, strength: strength, tolerance: tolerance, isCancelled: isCancelled)
      else { return nil }
      model = fitted
      let score = score(model, strength)
      if best.map({ score > $0.score }) ?? true {
        best = PenaltyChoice(model: model, strength: strength, score: score)
      }
    }
    return best
  }
}
