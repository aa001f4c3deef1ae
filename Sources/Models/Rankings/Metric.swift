/// The measures that this project reports, and their directions.
package enum Metric: String, Sendable, Hashable, Codable, CaseIterable {
  case accuracy, mcc, f1, auroc
  /// F1 of sets: over all decisions together, and the mean over classes.
  case microF1 = "micro-f1"
  case macroF1 = "macro-f1"
  case rmse, r2, pearson, spearman

  /// Whether a larger value is a better one: false for RMSE alone.
  package var higherIsBetter: Bool { self != .rmse }
}
