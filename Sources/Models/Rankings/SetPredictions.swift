/// The classes that each row is of, by a score for each class: above 0 says yes. n rows, c classes.
package struct SetPredictions: Sendable, Measurable {
  package static let measures = [Metric.auroc, .microF1, .macroF1]
  package let classes: Int
  /// (n, c), row by row.
  private let scores: [Double]
  private let labels: [Bool]
  private var rows: Int { labels.count / max(1, classes) }

  /// - Parameters:
  ///   - logits: (n, c), row by row, finite.
  ///   - labels: (n): the classes of each row.
  package init(logits: [Double], labels: [[Int]], classes: Int) {
    precondition(logits.count == labels.count * classes, "\(logits.count) scores, \(labels.count) x \(classes)")
    precondition(logits.allSatisfy(\.isFinite), "a score is not finite")
    self.classes = classes
    scores = logits
    var flat = [Bool](repeating: false, count: logits.count)
    for (row, members) in labels.enumerated() { for member in members { flat[row * classes + member] = true } }
    self.labels = flat
  }

  package func value(of metric: Metric) -> Double? {
    Self.measures.firstIndex(of: metric).flatMap { all([Int32](repeating: 1, count: rows), curves)[$0] }
  }

  /// The mean AUROC of classes, micro- and macro-averaged F1, each with a percentile bootstrap interval over rows. A
  /// class without both members and others among the rows has no AUROC, one without members and predictions no F1;
  /// means are over the rest.
  package func metrics(resamples: Int, seed: Int) -> SplitMetrics {
    let curves = curves
    let values = all([Int32](repeating: 1, count: rows), curves)
    var samples = [[Double]](repeating: [], count: values.count)
    if rows > 0 {
      Bootstrap(rows: rows, resamples: resamples, seed: seed).forEach { weights in
        for (index, value) in all(weights, curves).enumerated() { if let value { samples[index].append(value) } }
      }
    }
    let estimates = zip(values, samples).map { Bootstrap.estimate($0, $1, of: resamples) }
    return SplitMetrics(rows: rows, confusion: nil, Array(zip(Self.measures, estimates)))
  }

  /// One per class.
  private var curves: [Ordering] {
    (0..<classes).map { c in
      let places = stride(from: c, to: scores.count, by: classes)
      return Ordering(places.map { scores[$0] }, positive: places.map { labels[$0] })
    }
  }

  /// In the order of `measures`.
  private func all(_ weights: [Int32], _ curves: [Ordering]) -> [Double?] {
    // By class: twice the true positives, and members plus predictions, whose quotient is F1.
    var hits = [Int](repeating: 0, count: classes), marked = [Int](repeating: 0, count: classes)
    for row in 0..<rows where weights[row] > 0 {
      let weight = Int(weights[row])
      for c in 0..<classes {
        let (isMember, isPredicted) = (labels[row * classes + c], scores[row * classes + c] > 0)
        if isMember && isPredicted { hits[c] += 2 * weight }
        marked[c] += (isMember ? weight : 0) + (isPredicted ? weight : 0)
      }
    }
    let quotients = (0..<classes).compactMap { marked[$0] > 0 ? Double(hits[$0]) / Double(marked[$0]) : nil }
    let all = marked.reduce(0, +)
    return [
      Predictions.auroc(curves, weights), all > 0 ? Double(hits.reduce(0, +)) / Double(all) : nil,
      quotients.isEmpty ? nil : quotients.reduce(0, +) / Double(quotients.count),
    ]
  }
}
