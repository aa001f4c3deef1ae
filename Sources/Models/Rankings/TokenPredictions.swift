/// The class scores of every token of labelled sequences. n sequences, c classes.
///
/// Tokens of one sequence are not independent, so intervals come from resamples of whole sequences.
package struct TokenPredictions: Sendable, Measurable {
  package static let measures = [Metric.accuracy, .mcc, .f1]
  package let classes: Int
  /// (n, c * c): per sequence, the number of times that each class was taken for each; tokens whose label does
  /// not count are left out.
  private let counts: [[Int]]

  /// - Parameters:
  ///   - logits: (tokens, c), row by row, finite.
  ///   - labels: (tokens): -1 for a token that does not count.
  ///   - lengths: (n): tokens of each sequence.
  package init(logits: [Double], labels: [Int], lengths: [Int], classes: Int) {
    precondition(logits.count == labels.count * classes, "\(logits.count) scores, \(labels.count) x \(classes)")
    precondition(labels.count == lengths.reduce(0, +), "\(labels.count) labels for lengths of another sum")
    precondition(logits.allSatisfy(\.isFinite), "a score is not finite")
    self.classes = classes
    var first = 0
    counts = lengths.map { length in
      var flat = [Int](repeating: 0, count: classes * classes)
      for token in first..<first + length where labels[token] >= 0 {
        let start = token * classes
        let best = (start..<start + classes).reduce(start) { logits[$1] > logits[$0] ? $1 : $0 }
        flat[labels[token] * classes + best - start] += 1
      }
      first += length
      return flat
    }
  }

  private func confusion(_ weights: [Int32]? = nil) -> Confusion {
    var sum = [Int](repeating: 0, count: classes * classes)
    for (row, flat) in counts.enumerated() {
      let weight = Int(weights?[row] ?? 1)
      if weight > 0 { for i in flat.indices { sum[i] += weight * flat[i] } }
    }
    return Confusion(flat: sum, classes: classes)
  }

  package func value(of metric: Metric) -> Double? {
    Self.measures.firstIndex(of: metric).flatMap { Self.values(confusion())[$0] }
  }

  private static func values(_ confusion: Confusion) -> [Double?] {
    [confusion.accuracy.value, confusion.mcc, confusion.f1]
  }

  /// Accuracy, MCC and F1 over all tokens that count, with percentile bootstrap intervals over sequences.
  package func metrics(resamples: Int, seed: Int) -> SplitMetrics {
    let confusion = confusion()
    let values = Self.values(confusion)
    var samples = [[Double]](repeating: [], count: values.count)
    if !counts.isEmpty {
      Bootstrap(rows: counts.count, resamples: resamples, seed: seed).forEach { weights in
        for (index, value) in Self.values(self.confusion(weights)).enumerated() {
          if let value { samples[index].append(value) }
        }
      }
    }
    let estimates = zip(values, samples).map { Bootstrap.estimate($0, $1, of: resamples) }
    return SplitMetrics(
      rows: counts.count, confusion: confusion.counts, Array(zip(Self.measures, estimates)))
  }
}
