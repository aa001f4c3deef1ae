/// How often each class is right, is the true one and is predicted, and the measures that depend on that alone. c
/// classes.
package struct Tally: Hashable, Sendable {
  /// (c): rows of the class that are predicted to be of it.
  private(set) var hits: [Int]
  /// (c): rows of the class.
  private(set) var actual: [Int]
  /// (c): rows that are predicted to be of the class.
  private(set) var predicted: [Int]

  package init(classes: Int) {
    hits = [Int](repeating: 0, count: classes)
    (actual, predicted) = (hits, hits)
  }

  /// Counts rows; weights count a row several times.
  package init(labels: [Int], predicted: [Int], classes: Int, weights: [Int32]? = nil) {
    precondition(labels.count == predicted.count, "\(labels.count) labels, \(predicted.count) predictions")
    self.init(classes: classes)
    // By class: hits, rows of it, rows that are predicted to be of it.
    var counts = [Int](repeating: 0, count: 3 * classes)
    counts.withUnsafeMutableBufferPointer { counts in
      for row in labels.indices {
        let (label, own, weight) = (labels[row], predicted[row], Int(weights?[row] ?? 1))
        if label == own { counts[label] += weight }
        counts[classes + label] += weight
        counts[2 * classes + own] += weight
      }
    }
    hits = Array(counts[..<classes])
    actual = Array(counts[classes..<2 * classes])
    self.predicted = Array(counts[(2 * classes)...])
  }

  mutating func add(_ label: Int, _ predicted: Int, _ weight: Int = 1) {
    if label == predicted { hits[label] += weight }
    actual[label] += weight
    self.predicted[predicted] += weight
  }

  /// Adds another tally `weight` times.
  mutating func add(_ other: Tally, _ weight: Int) {
    for c in hits.indices {
      hits[c] += weight * other.hits[c]
      actual[c] += weight * other.actual[c]
      predicted[c] += weight * other.predicted[c]
    }
  }

  private var total: Int { actual.reduce(0, +) }
  private var correct: Int { hits.reduce(0, +) }

  /// A measure of all classes together; nil for one that depends on more than counts.
  func value(of metric: Metric) -> Double? {
    switch metric {
    case .accuracy: accuracy.value
    case .mcc: mcc
    case .f1: f1
    default: nil
    }
  }

  /// The fraction of correct rows, with its interval.
  package var accuracy: Estimate { Estimate.share(correct, of: total) }

  /// Matthews' correlation (Matthews 1975), for several classes Gorodkin's R_K (Gorodkin 2004); 0 when all rows are of
  /// one class or all predictions are, nil without rows.
  package var mcc: Double? {
    guard total > 0 else { return nil }
    let n = Double(total), t = actual.map(Double.init), p = predicted.map(Double.init)
    let covariance = Double(correct) * n - zip(t, p).reduce(0) { $0 + $1.0 * $1.1 }
    let spread = (n * n - p.reduce(0) { $0 + $1 * $1 }) * (n * n - t.reduce(0) { $0 + $1 * $1 })
    return spread > 0 ? covariance / spread.squareRoot() : 0
  }

  /// F1: of class 1 for two classes, else the mean over classes that occur among labels or predictions. 0 for a class
  /// of two that does not occur, nil without rows.
  package var f1: Double? {
    guard total > 0 else { return nil }
    if hits.count == 2 { return f1(1) ?? 0 }
    let scores = hits.indices.compactMap { f1($0) }
    return scores.reduce(0, +) / Double(scores.count)
  }

  /// F1 of a class, 2 TP / (2 TP + FP + FN); nil for one that does not occur.
  func f1(_ c: Int) -> Double? { ratio(2 * hits[c], actual[c] + predicted[c]) }
  /// TP / (TP + FP); nil for a class that is never predicted.
  func precision(_ c: Int) -> Double? { ratio(hits[c], predicted[c]) }
  /// TP / (TP + FN); nil for a class without rows.
  func recall(_ c: Int) -> Double? { ratio(hits[c], actual[c]) }

  private func ratio(_ part: Int, _ all: Int) -> Double? { all == 0 ? nil : Double(part) / Double(all) }
}
