import Glibc

/// The class scores of a classifier on labelled rows. n rows, c classes.
package struct Predictions: Sendable, Measurable {
  package static let measures = [Metric.accuracy, .mcc, .f1, .auroc]

  /// c, at least 2.
  package let classes: Int
  /// (n), each in 0 ..< c.
  package let labels: [Int]
  /// (n): the class with the largest score, ties to the lowest class.
  package let predicted: [Int]
  /// Per class that has an ROC curve (class 1 alone of two, else each): the numbers by which rows are ordered.
  let orderings: [[Double]]

  /// Predictions from unnormalised log-probabilities (n, c), row by row.
  ///
  /// Two classes are ordered by the difference of their logits, which no rounding of a softmax can make equal; more by
  /// the softmax probability of each class.
  package init(logits: [Double], labels: [Int], classes: Int) {
    self.init(scores: logits, labels: labels, classes: classes) { row in
      if classes == 2 { return [row[1] - row[0]] }
      let largest = row.max()!
      let weights = row.map { exp($0 - largest) }
      let sum = weights.reduce(0, +)
      return weights.map { $0 / sum }
    }
  }

  /// Predictions from class probabilities (n, c), row by row.
  package init(probabilities: [Double], labels: [Int], classes: Int) {
    self.init(scores: probabilities, labels: labels, classes: classes) { row in
      classes == 2 ? [row[1]] : Array(row)
    }
  }

  private init(scores: [Double], labels: [Int], classes: Int, order: (ArraySlice<Double>) -> [Double]) {
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
      let best = row.indices.reduce(first) { row[$1] > row[$0] ? $1 : $0 }
      predicted.append(best - first)
      let values = order(ArraySlice(Array(row)))
      for (index, value) in values.enumerated() { orderings[index].append(value) }
    }
    self.predicted = predicted
    self.orderings = orderings
  }
}

extension Predictions {
  /// The number of times that each class was taken for each.
  package var confusion: Confusion { Confusion(labels: labels, predicted: predicted, classes: classes) }

  package func value(of metric: Metric) -> Double? {
    switch metric {
    case .accuracy: confusion.accuracy.value
    case .mcc: confusion.mcc
    case .f1: confusion.f1
    case .auroc: Self.auroc(curves, [Int32](repeating: 1, count: labels.count))
    default: nil
    }
  }

  private var curves: [Ordering] {
    orderings.indices.map { curve in
      Ordering(orderings[curve], positive: labels.map { $0 == (classes == 2 ? 1 : curve) })
    }
  }

  /// Accuracy with Wilson's interval (Wilson 1927); MCC, F1 and AUROC with percentile bootstrap intervals (Efron 1979)
  /// over rows. F1 and AUROC are of class 1 for two classes, else unweighted means over classes.
  ///
  /// A resample without an AUROC (one class alone) is left out of that interval; no interval is given when more than
  /// half are.
  package func metrics(resamples: Int, seed: Int) -> SplitMetrics {
    let n = labels.count
    let confusion = confusion
    let curves = curves
    let ones = [Int32](repeating: 1, count: n)
    let values = [confusion.mcc, confusion.f1, Self.auroc(curves, ones)]
    var samples = [[Double]](repeating: [], count: values.count)
    if n > 0 {
      Bootstrap(rows: n, resamples: resamples, seed: seed).forEach { weights in
        let sample = Confusion(labels: labels, predicted: predicted, classes: classes, weights: weights)
        for (index, value) in [sample.mcc, sample.f1, Self.auroc(curves, weights)].enumerated() {
          if let value { samples[index].append(value) }
        }
      }
    }
    let estimates = zip(values, samples).map { Bootstrap.estimate($0, $1, of: resamples) }
    return SplitMetrics(
      rows: n, confusion: confusion.counts,
      [(.accuracy, confusion.accuracy), (.mcc, estimates[0]), (.f1, estimates[1]), (.auroc, estimates[2])])
  }

  /// The mean over curves that are defined, nil if none is.
  static func auroc(_ curves: [Ordering], _ weights: [Int32]) -> Double? {
    let areas = curves.compactMap { $0.area(weights: weights) }
    return areas.isEmpty ? nil : areas.reduce(0, +) / Double(areas.count)
  }
}
