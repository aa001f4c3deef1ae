/// The classes that each row is of, by a score for each class: above 0 says yes. n rows, c classes.
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
  package func prepared() -> ([Int32]) -> [Double?] {
    let curves = (0..<classes).map { c in
      let places = stride(from: c, to: scores.count, by: classes)
      return Ordering(places.map { scores[$0] }, positive: places.map { labels[$0] })
    }
    let measured = measuredClasses
    return { weights in
      // By class: true positives, members, predictions.
      var hits = [Int](repeating: 0, count: classes)
      var (members, predictions) = (hits, hits)
      for row in 0..<rows where weights[row] > 0 {
        let weight = Int(weights[row])
        for c in 0..<classes {
          let (isMember, isPredicted) = (labels[row * classes + c], self.isPredicted[row * classes + c])
          if isMember && isPredicted { hits[c] += weight }
          if isMember { members[c] += weight }
          if isPredicted { predictions[c] += weight }
        }
      }
      let ratio = { (part: Int, all: Int) in all > 0 ? Double(part) / Double(all) : nil }
      let mean = { (values: [Double?]) in
        let known = values.compactMap(\.self)
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
      }
      let f1 = (0..<classes).map { ratio(2 * hits[$0], members[$0] + predictions[$0]) }
      let areas = curves.map { $0.areas(weights: weights) }
      let all = members.reduce(0, +) + predictions.reduce(0, +)
      var values = [
        mean(areas.map(\.roc)), mean(areas.map(\.precisionRecall)), ratio(2 * hits.reduce(0, +), all), mean(f1),
      ]
      for c in 0..<measured {
        values += [ratio(hits[c], predictions[c]), ratio(hits[c], members[c]), f1[c]]
        values += [areas[c].roc, areas[c].precisionRecall]
      }
      return values
    }
  }
}
