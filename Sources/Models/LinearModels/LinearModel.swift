package import System

/// A linear model of features with an L2 penalty: logistic regression, softmax regression, ridge regression.
///
/// It minimises `C * sum of losses + |W|^2 / 2`; the intercepts are not penalised. n rows, f features, m outputs.
package struct LinearModel: Sendable {
  /// m.
  package let outputs: Int
  /// (f + 1, m): the weights of each feature, then the intercepts.
  package let weights: [Double]

  package init(features: Int, outputs: Int) {
    self.init(outputs: outputs, weights: [Double](repeating: 0, count: (features + 1) * outputs))
  }

  init(outputs: Int, weights: [Double]) {
    self.outputs = outputs
    self.weights = weights
  }

  /// The outputs of each row: (n, m), row by row.
  package func evaluate(_ rows: some FeatureRows, _ workers: WorkerPool) -> [Double] {
    RowProducts(rows, outputs: outputs, workers).outputs(weights)
  }

  /// The model with the least objective, from this one on, by L-BFGS; nil when `isCancelled` says so. It does not
  /// depend on the number of threads.
  ///
  /// - Parameters:
  ///   - targets: (n, m): the values that the outputs should have; `softmax` takes 1 for the class of a row, else 0.
  ///   - strength: C, the inverse strength of the penalty.
  ///   - tolerance: the search ends when no element of the gradient of the objective over C n is larger;
  ///     without one, as in scikit-learn's `LogisticRegression`.
  package func fitted(
    _ rows: some FeatureRows, _ targets: [Double], _ loss: LinearLoss, strength: Double, tolerance: Double = 1e-4,
    rounds: Int = 1000, _ workers: WorkerPool, isCancelled: () -> Bool = { false }
  ) -> LinearModel? {
    precondition(targets.count == rows.count * outputs, "\(targets.count) targets of \(rows.count) rows")
    precondition(rows.count > 0 && strength > 0, "\(rows.count) rows, strength \(strength)")
    let fit = LinearFit(RowProducts(rows, outputs: outputs, workers), targets, loss, strength: strength)
    return fit.minimum(from: weights, tolerance: tolerance, rounds: rounds, isCancelled: isCancelled).map {
      LinearModel(outputs: outputs, weights: $0)
    }
  }
}
