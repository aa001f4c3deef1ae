/// The classes that each row is of, by a score for each class: above 0 says yes. n rows, c classes.
///
/// No thresholds are chosen on a hold-out, as one is between two classes (`Predictions.bestThreshold`): the areas, of
/// which one ranks unless another metric is stated, need none, and a rare class has too few rows there to choose one.
/// F1 of a rare class is that at a probability of one half.
package struct SetPredictions: Sendable, Measurable {
  package static let measures = [Metric.auroc, .auprc, .microF1, .macroF1]
  package let classes: Int
  /// (n, c), row by row.
  private let scores: [Double]
  private let labels: [Bool]
  private let isPredicted: [Bool]
  package var rows: Int { labels.count / max(1, classes) }

  /// - Parameters:
  ///   - logits: (n, c), row by row, finite.
  ///   - labels: (n): the classes of each row.
  ///   - predicted: (n): the predicted ones, where they are not those with a logit above 0.
  package init(logits: [Double], labels: [[Int]], classes: Int, predicted: [[Int]]? = nil) {
    precondition(logits.count == labels.count * classes, "\(logits.count) scores, \(labels.count) x \(classes)")
    precondition(logits.allSatisfy(\.isFinite), "a score is not finite")
    self.classes = classes
    scores = logits
    let flat = { (sets: [[Int]]) in
      var flat = [Bool](repeating: false, count: logits.count)
      for (row, members) in sets.enumerated() { for member in members { flat[row * classes + member] = true } }
      return flat
    }
    self.labels = flat(labels)
    isPredicted = predicted.map(flat) ?? logits.map { $0 > 0 }
  }

  func members(_ row: Int) -> [Int] { (0..<classes).filter { labels[row * classes + $0] } }
  func predicted(_ row: Int) -> [Int] { (0..<classes).filter { isPredicted[row * classes + $0] } }
  func scores(_ row: Int) -> ArraySlice<Double> { scores[row * classes..<(row + 1) * classes] }

  package var classMeasures: [Metric] { measuredClasses == 0 ? [] : [.precision, .recall, .f1, .auroc, .auprc] }
  package var measuredClasses: Int { classes <= Predictions.mostMeasured ? classes : 0 }

  /// The mean AUROC and AUPRC of classes, micro- and macro-averaged F1. A class without both members and others among
  /// the rows has neither area, one without members and predictions no F1; means are over the rest.
  package func prepared(_ metric: Metric) -> WeightedMeasure {
    switch metric {
    case .auroc, .auprc:
      let curves = curves
      let area = metric == .auroc ? \Ordering.Areas.roc : \Ordering.Areas.precisionRecall
      return { weights in Self.mean(curves.map { $0.areas(weights: weights)[keyPath: area] }) }
    case .microF1: return { weights in counts(weights).microF1 }
    case .macroF1: return { weights in counts(weights).macroF1 }
    default: return { _ in nil }
    }
  }

  package func prepared() -> ([Int32]) -> [Double?] {
    let (curves, measured) = (curves, measuredClasses)
    return { weights in
      let counts = counts(weights)
      let areas = curves.map { $0.areas(weights: weights) }
      var values = [Self.mean(areas.map(\.roc)), Self.mean(areas.map(\.precisionRecall))]
      values += [counts.microF1, counts.macroF1]
      for c in 0..<measured {
        values += [counts.precision(c), counts.recall(c), counts.f1(c), areas[c].roc, areas[c].precisionRecall]
      }
      return values
    }
  }

  /// By class.
  private var curves: [Ordering] {
    (0..<classes).map { c in
      let places = stride(from: c, to: scores.count, by: classes)
      return Ordering(places.map { scores[$0] }, positive: places.map { labels[$0] })
    }
  }

  private func counts(_ weights: [Int32]) -> Counts {
    var counts = Counts(classes: classes)
    for row in 0..<rows where weights[row] > 0 {
      let weight = Int(weights[row])
      for c in 0..<classes {
        let (isMember, isPredicted) = (labels[row * classes + c], self.isPredicted[row * classes + c])
        if isMember && isPredicted { counts.hits[c] += weight }
        if isMember { counts.members[c] += weight }
        if isPredicted { counts.predictions[c] += weight }
      }
    }
    return counts
  }

  private static func mean(_ values: [Double?]) -> Double? {
    let known = values.compactMap(\.self)
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }

  /// (c) each: rows that are rightly said to be of a class, that are of it, and that are said to be.
  private struct Counts {
    var hits: [Int]
    var members: [Int]
    var predictions: [Int]

    init(classes: Int) {
      hits = [Int](repeating: 0, count: classes)
      (members, predictions) = (hits, hits)
    }

    func precision(_ c: Int) -> Double? { ratio(hits[c], predictions[c]) }
    func recall(_ c: Int) -> Double? { ratio(hits[c], members[c]) }
    func f1(_ c: Int) -> Double? { ratio(2 * hits[c], members[c] + predictions[c]) }
    /// F1 of all decisions together.
    var microF1: Double? { ratio(2 * hits.reduce(0, +), members.reduce(0, +) + predictions.reduce(0, +)) }
    var macroF1: Double? { SetPredictions.mean(hits.indices.map(f1)) }

    private func ratio(_ part: Int, _ all: Int) -> Double? { all > 0 ? Double(part) / Double(all) : nil }
  }
}
