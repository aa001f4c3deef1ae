/// The rates of a classifier of two classes at all its thresholds: the points of its ROC curve, and of its curve of
/// precision and recall.
package struct RateCurve: Sendable {
  /// Rows with a score of at least the threshold are called positive.
  package struct Point: Hashable, Sendable {
    package let threshold: Double
    /// The share of negatives that are called positive.
    package let falsePositiveRate: Double
    /// The share of positives that are called positive.
    package let recall: Double
    /// The share of positives among rows that are called positive; 1 where none is.
    package let precision: Double
  }

  /// From above all scores down, a point for each score that occurs.
  package let points: [Point]
  package let positives: Int
  package let negatives: Int

  /// The share of positives among rows: the precision of chance.
  package var baseRate: Double { Double(positives) / Double(positives + negatives) }

  /// nil without rows of both classes.
  package init?(scores: [Double], positive: [Bool]) {
    precondition(scores.count == positive.count, "\(scores.count) scores, \(positive.count) classes")
    let all = positive.count { $0 }
    guard all > 0, all < positive.count else { return nil }
    (positives, negatives) = (all, positive.count - all)
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    var points = [Point(threshold: .infinity, falsePositiveRate: 0, recall: 0, precision: 1)]
    var (hits, called) = (0, 0)
    for (place, row) in order.enumerated() {
      hits += positive[row] ? 1 : 0
      called += 1
      guard place == order.count - 1 || scores[order[place + 1]] < scores[row] else { continue }
      points.append(
        Point(
          threshold: scores[row], falsePositiveRate: Double(called - hits) / Double(negatives),
          recall: Double(hits) / Double(positives), precision: Double(hits) / Double(called)))
    }
    self.points = points
  }
}

extension Predictions {
  /// The rates of one class against all others; nil without rows of both, or where scores are not known.
  package func rates(of c: Int) -> RateCurve? {
    orderings(of: c).flatMap { RateCurve(scores: $0, positive: labels.map { $0 == c }) }
  }
}
