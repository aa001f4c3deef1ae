import Glibc

/// The class scores of a classifier on labelled rows. n rows, c classes.
package struct Predictions: Sendable, Measurable {
  package static let measures = [Metric.accuracy, .mcc, .f1, .auroc, .auprc]
  /// Most classes that have measures of their own, and a confusion matrix.
  package static let mostMeasured = 64

  /// c, at least 2.
  package let classes: Int
  /// (n), each in 0 ..< c.
  package let labels: [Int]
  /// (n): the class with the largest score, ties to the lowest class; of two, class 1 where its logit is ahead by more
  /// than the threshold.
  package let predicted: [Int]
  /// Per class (class 1 alone of two): the numbers by which rows are ordered; none where they are not known.
  let scores: [[Double]]

  /// Predictions from unnormalised log-probabilities (n, c), row by row.
  ///
  /// Two classes are ordered by the difference of their logits, which no rounding of a softmax can make equal; more by
  /// the softmax probability of each class.
  /// - Parameter threshold: for two classes, the difference of logits above which a row is of class 1.
  package init(logits: [Double], labels: [Int], classes: Int, threshold: Double = 0) {
    self.init(scores: logits, labels: labels, classes: classes, threshold: threshold) { row in
      if classes == 2 { return [row[1] - row[0]] }
      let largest = row.max()!
      let weights = row.map { exp($0 - largest) }
      let sum = weights.reduce(0, +)
      return weights.map { $0 / sum }
    }
  }

  /// Predictions from class probabilities (n, c), row by row.
  package init(probabilities: [Double], labels: [Int], classes: Int) {
    self.init(scores: probabilities, labels: labels, classes: classes, threshold: nil) { row in
      classes == 2 ? [row[1]] : Array(row)
    }
  }

  /// Predictions whose classes are known, and the numbers by which they order rows: of two classes one column (n) for
  /// the second, else one for each class, or none.
  package init(labels: [Int], predicted: [Int], classes: Int, scores: [[Double]] = []) {
    precondition(labels.count == predicted.count, "\(labels.count) labels, \(predicted.count) predictions")
    precondition(scores.isEmpty || scores.count == (classes == 2 ? 1 : classes), "\(scores.count) columns of scores")
    (self.labels, self.predicted, self.classes, self.scores) = (labels, predicted, classes, scores)
  }

  private init(
    scores: [Double], labels: [Int], classes: Int, threshold: Double?, order: (ArraySlice<Double>) -> [Double]
  ) {
    precondition(classes >= 2, "\(classes) classes")
    precondition(
      scores.count == labels.count * classes, "\(scores.count) scores of \(labels.count) rows, \(classes) classes")
    precondition(labels.allSatisfy { (0..<classes).contains($0) }, "a label outside 0 ..< \(classes)")
    precondition(scores.allSatisfy(\.isFinite), "a score is not finite")
    self.classes = classes
    self.labels = labels
    var predicted: [Int] = []
    var orderings = [[Double]](repeating: [], count: classes == 2 ? 1 : classes)
    for first in stride(from: 0, to: scores.count, by: classes) {
      let row = scores[first..<first + classes]
      let values = order(ArraySlice(Array(row)))
      if classes == 2, let threshold {
        predicted.append(values[0] > threshold ? 1 : 0)
      } else {
        predicted.append(row.indices.reduce(first) { row[$1] > row[$0] ? $1 : $0 } - first)
      }
      for (index, value) in values.enumerated() { orderings[index].append(value) }
    }
    self.predicted = predicted
    self.scores = orderings
  }

  /// For more than two classes with scores: by row, how sure the model is of a class, such as the probability of it.
  package func scores(of classes: [Int]) -> [Double] {
    precondition(scores.count == self.classes && classes.count == labels.count, "\(classes.count) classes of rows")
    return classes.indices.map { scores[classes[$0]][$0] }
  }

  /// The threshold between two classes that gives the largest MCC: the median of those of 201 resamples of the rows,
  /// since the best on the rows themselves follows their chance (Breiman 1996, bagging).
  package static func bestThreshold(logits: [Double], labels: [Int]) -> Double {
    let rows = labels.indices.map { (margin: logits[2 * $0 + 1] - logits[2 * $0], row: $0) }
      .sorted { ($0.margin, $0.row) < ($1.margin, $1.row) }
    var found: [Double] = []
    Bootstrap(rows: labels.count, resamples: 201, seed: 0).forEach { weights in
      found.append(bestThreshold(rows.map { (margin: $0.margin, label: labels[$0.row], weight: Int(weights[$0.row])) }))
    }
    return found.sorted()[100]
  }

  /// The best threshold of rows with ascending margins: half way between neighbours; of equal MCC that nearest to 0,
  /// which stays where nothing is better.
  private static func bestThreshold(_ rows: [(margin: Double, label: Int, weight: Int)]) -> Double {
    // Rows up to here are of class 0: true negatives, false negatives, and all of class 0 and 1.
    var (tn, fn) = (0, 0)
    let positives = rows.reduce(0) { $0 + $1.label * $1.weight }
    let negatives = rows.reduce(0) { $0 + $1.weight } - positives
    func mcc() -> Double {
      let (tp, fp) = (Double(positives - fn), Double(negatives - tn))
      let spread = (tp + fp) * Double(positives) * Double(negatives) * Double(tn + fn)
      return spread > 0 ? (tp * Double(tn) - fp * Double(fn)) / spread.squareRoot() : 0
    }
    var best = (threshold: 0.0, mcc: -Double.infinity)
    var candidates: [(threshold: Double, mcc: Double)] = []
    var before: Double?
    for row in rows where row.weight > 0 {
      if let before, row.margin > before { candidates.append((before + (row.margin - before) / 2, mcc())) }
      // Zero parts the rows that are up to it.
      if (before ?? -.infinity) <= 0, row.margin > 0 { best = (0, mcc()) }
      if row.label == 1 { fn += row.weight } else { tn += row.weight }
      before = row.margin
    }
    if (before ?? 0) <= 0 { best = (0, mcc()) }
    for (threshold, mcc) in candidates {
      if mcc > best.mcc + 1e-12 || mcc > best.mcc - 1e-12 && abs(threshold) < abs(best.threshold) {
        best = (threshold, max(mcc, best.mcc))
      }
    }
    return best.threshold
  }
}

extension Predictions {
  package var rows: Int { labels.count }
  package var classMeasures: [Metric] {
    measuredClasses == 0 ? [] : [.precision, .recall, .f1] + (scores.isEmpty ? [] : [.auroc, .auprc])
  }
  package var measuredClasses: Int { classes <= Self.mostMeasured ? classes : 0 }

  package var tally: Tally { Tally(labels: labels, predicted: predicted, classes: classes) }

  package var confusion: [[Int]]? {
    guard measuredClasses > 0 else { return nil }
    var counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    for (label, predicted) in zip(labels, predicted) { counts[label][predicted] += 1 }
    return counts
  }

  /// Accuracy has Wilson's interval.
  package func exactInterval(of metric: Metric) -> Estimate? { metric == .accuracy ? tally.accuracy : nil }

  /// F1, AUROC and AUPRC are of class 1 for two classes, else unweighted means over the classes that have them.
  package func prepared(_ metric: Metric) -> WeightedMeasure {
    switch metric {
    case .auroc, .auprc:
      let curves = curves(of: averaged)
      let area = metric == .auroc ? \Ordering.Areas.roc : \Ordering.Areas.precisionRecall
      return { weights in Self.mean(curves.map { $0?.areas(weights: weights)[keyPath: area] }) }
    default: return { weights in tally(weights).value(of: metric) }
    }
  }

  private func tally(_ weights: [Int32]) -> Tally {
    Tally(labels: labels, predicted: predicted, classes: classes, weights: weights)
  }

  /// The classes over which areas are averaged.
  private var averaged: Range<Int> { scores.isEmpty ? 0..<0 : classes == 2 ? 1..<2 : 0..<classes }

  /// By class; nil for one of which no row is, or every.
  private func curves(of range: Range<Int>) -> [Ordering?] {
    let counts = tally
    return range.map { c in
      guard counts.actual[c] > 0, counts.actual[c] < rows else { return nil }
      return orderings(of: c).map { Ordering($0, positive: labels.map { $0 == c }) }
    }
  }

  /// (n): numbers by which rows are ordered for a class; nil where they are not known.
  func orderings(of c: Int) -> [Double]? {
    if scores.isEmpty { return nil }
    return classes > 2 ? scores[c] : c == 1 ? scores[0] : scores[0].map { -$0 }
  }

  private static func mean(_ values: some Sequence<Double?>) -> Double? {
    let known = values.compactMap(\.self)
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }

  package func prepared() -> ([Int32]) -> [Double?] {
    let measured = measuredClasses, hasCurves = !scores.isEmpty
    let curves = curves(of: hasCurves ? 0..<classes : 0..<0)
    return { weights in
      let tally = tally(weights)
      let areas = curves.map { $0?.areas(weights: weights) ?? Ordering.Areas() }
      let main = areas[averaged]
      var values = [tally.accuracy.value, tally.mcc, tally.f1]
      values += [Self.mean(main.map(\.roc)), Self.mean(main.map(\.precisionRecall))]
      for c in 0..<measured {
        values += [tally.precision(c), tally.recall(c), tally.f1(c)]
        if hasCurves { values += [areas[c].roc, areas[c].precisionRecall] }
      }
      return values
    }
  }
}
