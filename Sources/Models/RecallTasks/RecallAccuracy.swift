package import Rankings

/// How well the tokens that are asked for are named, over n sequences and V tokens.
///
/// The macro-average is that of torchmetrics' `MulticlassAccuracy`, which MAD reports: the mean over tokens of the
/// share of their places that is right, where a token counts that is asked for or named anywhere. Intervals come from
/// resamples of whole sequences.
package struct RecallAccuracy: Measurable {
  package static let measures = [Metric.accuracy, .macroAccuracy]
  private let vocabulary: Int
  /// (n): the tokens that are asked for, and those that are named in their places.
  private let asked: [[Int32]]
  private let named: [[Int32]]

  /// - Parameters:
  ///   - targets: (n): by place, the token that is asked for; -1 where none is.
  ///   - named: (n): by place, the token that is named; where none is asked for it is not read.
  package init(targets: [[Int32]], named: [[Int32]], vocabulary: Int) {
    precondition(targets.map(\.count) == named.map(\.count), "targets and names of other lengths")
    self.vocabulary = vocabulary
    asked = targets.map { $0.filter { $0 >= 0 } }
    self.named = zip(targets, named).map { targets, named in
      zip(targets, named).filter { $0.0 >= 0 }.map(\.1)
    }
  }

  package var rows: Int { asked.count }

  package func prepared() -> ([Int32]) -> [Double?] {
    { weights in
      let counts = counts(weights)
      return [micro(counts), macro(counts)]
    }
  }

  package func prepared(_ metric: Metric) -> WeightedMeasure {
    { weights in
      switch metric {
      case .accuracy: micro(counts(weights))
      case .macroAccuracy: macro(counts(weights))
      default: nil
      }
    }
  }

  /// (3 V): how often each token is named rightly, is asked for, and is named.
  private func counts(_ weights: [Int32]) -> [Int] {
    var counts = [Int](repeating: 0, count: 3 * vocabulary)
    counts.withUnsafeMutableBufferPointer { counts in
      for row in asked.indices where weights[row] > 0 {
        let weight = Int(weights[row])
        for (asked, named) in zip(asked[row], named[row]) {
          if asked == named { counts[Int(asked)] += weight }
          counts[vocabulary + Int(asked)] += weight
          counts[2 * vocabulary + Int(named)] += weight
        }
      }
    }
    return counts
  }

  private func micro(_ counts: [Int]) -> Double? {
    let all = counts[vocabulary..<2 * vocabulary].reduce(0, +)
    return all > 0 ? Double(counts[..<vocabulary].reduce(0, +)) / Double(all) : nil
  }

  private func macro(_ counts: [Int]) -> Double? {
    var (sum, classes) = (0.0, 0)
    for token in 0..<vocabulary {
      let (asked, named) = (counts[vocabulary + token], counts[2 * vocabulary + token])
      guard asked + named > 0 else { continue }
      classes += 1
      if asked > 0 { sum += Double(counts[token]) / Double(asked) }
    }
    return classes > 0 ? sum / Double(classes) : nil
  }
}
