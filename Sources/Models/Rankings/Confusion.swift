/// A confusion matrix, and the measures that depend on it alone. n rows, c classes.
package struct Confusion: Hashable, Sendable {
  /// (c, c): true class, predicted class.
  package let counts: [[Int]]

  /// Counts (true class, predicted class); weights count a row several times.
  package init(labels: [Int], predicted: [Int], classes: Int, weights: [Int32]? = nil) {
    precondition(labels.count == predicted.count, "\(labels.count) labels, \(predicted.count) predictions")
    var flat = [Int](repeating: 0, count: classes * classes)
    for row in labels.indices { flat[labels[row] * classes + predicted[row]] += Int(weights?[row] ?? 1) }
    counts = (0..<classes).map { Array(flat[$0 * classes..<($0 + 1) * classes]) }
  }

  /// From counts (c * c), row by row.
  init(flat: [Int], classes: Int) {
    counts = (0..<classes).map { Array(flat[$0 * classes..<($0 + 1) * classes]) }
  }

  private var classes: Int { counts.count }
  private var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }
  private var correct: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }
  private var actual: [Int] { counts.map { $0.reduce(0, +) } }
  private var predicted: [Int] { counts.indices.map { column in counts.reduce(0) { $0 + $1[column] } } }

  /// The fraction of correct rows with Wilson's 95 % score interval.
  package var accuracy: Estimate {
    let n = Double(total)
    guard n > 0 else { return Estimate(nil) }
    let z = 1.959963984540054, p = Double(correct) / n
    let centre = p + z * z / (2 * n)
    let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    return Estimate(p, low: max(0, (centre - half) / scale), high: min(1, (centre + half) / scale))
  }

  /// Matthews' correlation (Matthews 1975), for several classes Gorodkin's R_K (Gorodkin 2004); 0 when all rows are of
  /// one class or all predictions are, nil without rows.
  package var mcc: Double? {
    guard total > 0 else { return nil }
    let n = Double(total), t = actual.map(Double.init), p = predicted.map(Double.init)
    let covariance = Double(correct) * n - zip(t, p).reduce(0) { $0 + $1.0 * $1.1 }
    let spread = (n * n - p.reduce(0) { $0 + $1 * $1 }) * (n * n - t.reduce(0) { $0 + $1 * $1 })
    return spread > 0 ? covariance / spread.squareRoot() : 0
  }

  /// F1, 2 TP / (2 TP + FP + FN): of class 1 for two classes, else the mean over classes that occur among labels or
  /// predictions. 0 for a class of two that does not occur, nil without rows.
  package var f1: Double? {
    guard total > 0 else { return nil }
    let t = actual, p = predicted
    func score(_ index: Int) -> Double? {
      t[index] + p[index] == 0 ? nil : Double(2 * counts[index][index]) / Double(t[index] + p[index])
    }
    if classes == 2 { return score(1) ?? 0 }
    let scores = counts.indices.compactMap(score)
    return scores.reduce(0, +) / Double(scores.count)
  }
}
