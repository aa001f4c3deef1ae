/// The measures that this project reports, and their directions.
package enum Metric: String, Sendable, Hashable, Codable, CaseIterable {
  case accuracy, mcc, f1, auroc
  /// The mean over classes of the share of their rows that is right; a class that is only predicted counts as 0.
  case macroAccuracy = "macro-accuracy"
  /// The area under the curve of precision and recall, as average precision.
  case auprc
  /// Measures of one class.
  case precision, recall
  /// F1 of sets: over all decisions together, and the mean over classes.
  case microF1 = "micro-f1"
  case macroF1 = "macro-f1"
  case rmse, r2, pearson, spearman
  /// Measures of clusters beside classes (`Agreement`).
  case ami, ari
  case vMeasure = "v-measure"
  case homogeneity, completeness

  /// Those that can rank: of all rows, not of one class.
  package static let ranking = allCases.filter { $0 != .precision && $0 != .recall }

  /// Whether a larger value is a better one: false for RMSE alone.
  package var higherIsBetter: Bool { self != .rmse }
}
