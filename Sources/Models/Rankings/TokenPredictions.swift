/// The class of every token of labelled sequences, true and predicted. n sequences, c classes.
///
/// Tokens of one sequence are not independent, so intervals come from resamples of whole sequences.
package struct TokenPredictions: Sendable, Measurable {
  package static let measures = [Metric.accuracy, .mcc, .f1]
  package let classes: Int
  /// (n): by token.
  let labels: [[Int]]
  let predicted: [[Int]]
  /// (n): the counts of each sequence; tokens whose label does not count are left out.
  private let tallies: [Tally]
  package let confusion: [[Int]]?

  /// - Parameters:
  ///   - labels: (n): by token; -1 for a token that does not count.
  ///   - predicted: (n): by token.
  package init(labels: [[Int]], predicted: [[Int]], classes: Int) {
    precondition(labels.map(\.count) == predicted.map(\.count), "labels and predictions of other lengths")
    (self.labels, self.predicted, self.classes) = (labels, predicted, classes)
    let isMeasured = classes <= Predictions.mostMeasured
    var counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: isMeasured ? classes : 0)
    tallies = zip(labels, predicted).map { labels, predicted in
      var tally = Tally(classes: classes)
      for (label, predicted) in zip(labels, predicted) where label >= 0 {
        tally.add(label, predicted)
        if isMeasured { counts[label][predicted] += 1 }
      }
      return tally
    }
    confusion = isMeasured ? counts : nil
  }

  /// The classes with the largest score of each token, ties to the lowest.
  /// - Parameters:
  ///   - logits: (tokens, c), row by row, finite.
  ///   - lengths: (n): tokens of each sequence.
  package static func classes(logits: [Double], lengths: [Int], classes: Int) -> [[Int]] {
    precondition(logits.allSatisfy(\.isFinite), "a score is not finite")
    precondition(logits.count == lengths.reduce(0, +) * classes, "\(logits.count) scores for lengths of another sum")
    var first = 0
    return lengths.map { length in
      defer { first += length }
      return (first..<first + length).map { token in
        let start = token * classes
        return (start..<start + classes).reduce(start) { logits[$1] > logits[$0] ? $1 : $0 } - start
      }
    }
  }

  package var rows: Int { tallies.count }
  package var classMeasures: [Metric] { measuredClasses == 0 ? [] : [.precision, .recall, .f1] }
  package var measuredClasses: Int { confusion == nil ? 0 : classes }

  private func tally(_ weights: [Int32]) -> Tally {
    var tally = Tally(classes: classes)
    for (row, own) in tallies.enumerated() where weights[row] > 0 { tally.add(own, Int(weights[row])) }
    return tally
  }

  package func prepared(_ metric: Metric) -> WeightedMeasure { { weights in tally(weights).value(of: metric) } }

  /// Accuracy, MCC and F1 over all tokens that count.
  package func prepared() -> ([Int32]) -> [Double?] {
    let measured = measuredClasses
    return { weights in
      let tally = tally(weights)
      var values = Self.measures.map(tally.value)
      for c in 0..<measured { values += [tally.precision(c), tally.recall(c), tally.f1(c)] }
      return values
    }
  }
}
