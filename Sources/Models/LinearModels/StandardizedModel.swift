package import System

/// A linear model of features that are standardised on train, with the best penalty of several: a linear probe of
/// features (Alain and Bengio 2016). n rows, f features, m outputs.
package struct StandardizedModel: Sendable {
  /// Inverse strengths of the penalty, as scikit-learn's C, of which the best on a hold-out is taken.
  package static let strengths = [0.001, 0.01, 0.1, 1, 10]
  /// Largest element of the gradient at the end of a fit.
  private static let tolerance = 1e-5

  /// The model of standardised features.
  package let choice: PenaltyChoice
  private let scale: ColumnScale
  private let features: Int

  /// The best of the models of all `strengths`; nil where `isCancelled`.
  ///
  /// - Parameters:
  ///   - train: (n, f), row by row; n > 0. It is standardised in place, as `holdOut` is.
  ///   - targets: (n, m), as the form gives them.
  ///   - holdOut: rows to which no model is fitted.
  ///   - score: gives the score of a model by its outputs for `holdOut`, higher is better.
  package init?(
    _ train: inout [Float], features: Int, _ targets: [Double], _ form: LinearForm, holdOut: inout [Float],
    strengths: [Double] = strengths, _ workers: WorkerPool, isCancelled: () -> Bool,
    score: (_ outputs: [Double], _ strength: Double) -> Double
  ) {
    let scale = ColumnScale(train, columns: features)
    scale.apply(to: &train)
    scale.apply(to: &holdOut)
    let held = DenseRows(holdOut, features: features)
    let choice = LinearModel(features: features, outputs: form.outputs).best(
      of: strengths, DenseRows(train, features: features), targets, form.loss, tolerance: Self.tolerance, workers,
      isCancelled: isCancelled
    ) { score($0.evaluate(held, workers), $1) }
    guard let choice else { return nil }
    (self.choice, self.scale, self.features) = (choice, scale, features)
  }

  /// The outputs (n, m) of rows (n, f) as they are.
  package func outputs(_ rows: [Float], _ workers: WorkerPool) -> [Double] {
    var rows = rows
    scale.apply(to: &rows)
    return choice.model.evaluate(DenseRows(rows, features: features), workers)
  }

  /// The weights (m, f) and intercepts (m) that give these outputs for rows as they are.
  package var folded: (weight: [Double], bias: [Double]) { scale.folded(into: choice.model) }
}
