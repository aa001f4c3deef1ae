/// The mean of what several models say of the same rows. m models, n rows.
///
/// Averaged are the log-odds of two classes, the probabilities of more, the logits of each class of sets, and predicted
/// values (Hansen & Salamon 1990).
package enum Ensemble {
  /// Why predictions have no mean, in words.
  package struct Fault: Error, Sendable, CustomStringConvertible {
    package let description: String
  }

  /// - Parameters:
  ///   - members: (m), of rows with the same labels.
  ///   - weights: (m), how much each counts; they add up to 1.
  ///   - threshold: the mean log-odds above which a row is of the second of two classes.
  package static func mean(
    _ members: [any Measurable], weights: [Double], threshold: Double = 0
  ) throws(Fault) -> any Measurable {
    precondition(members.count == weights.count && !members.isEmpty, "\(members.count) members")
    if let all = members as? [Predictions] { return try mean(all, weights, threshold) }
    if let all = members as? [SetPredictions] { return mean(all, weights) }
    if let all = members as? [Regression] {
      let values = weighted(all.map(\.predicted), weights)
      return Regression(predicted: values, targets: all[0].targets)
    }
    if members.allSatisfy({ $0 is TokenPredictions }) {
      throw Fault(description: "predictions of letters hold classes without scores, which have no mean")
    }
    throw Fault(description: "the members predict labels of several kinds")
  }

  /// The threshold for the mean of members on the hold-out; 0 where there are not two classes.
  package static func threshold(_ holdOut: [any Measurable], weights: [Double]) throws(Fault) -> Double {
    guard let mean = try mean(holdOut, weights: weights) as? Predictions, mean.classes == 2 else { return 0 }
    return Predictions.bestThreshold(logits: mean.scores[0].flatMap { [0, $0] }, labels: mean.labels)
  }

  private static func mean(
    _ all: [Predictions], _ weights: [Double], _ threshold: Double
  ) throws(Fault) -> Predictions {
    let first = all[0]
    guard all.allSatisfy({ !$0.scores.isEmpty && $0.classes == first.classes }) else {
      throw Fault(description: "a member has no scores, which a mean needs: columns score:CLASS of its predictions")
    }
    let scores = first.scores.indices.map { column in weighted(all.map { $0.scores[column] }, weights) }
    let predicted = first.labels.indices.map { row in
      if first.classes == 2 { return scores[0][row] > threshold ? 1 : 0 }
      return scores.indices.reduce(0) { scores[$1][row] > scores[$0][row] ? $1 : $0 }
    }
    return Predictions(labels: first.labels, predicted: predicted, classes: first.classes, scores: scores)
  }

  private static func mean(_ all: [SetPredictions], _ weights: [Double]) -> SetPredictions {
    let rows = 0..<all[0].rows
    let logits = weighted(all.map { set in rows.flatMap { set.scores($0) } }, weights)
    return SetPredictions(logits: logits, labels: rows.map(all[0].members), classes: all[0].classes)
  }

  private static func weighted(_ values: [[Double]], _ weights: [Double]) -> [Double] {
    values[0].indices.map { place in
      zip(values, weights).reduce(0) { $0 + $1.0[place] * $1.1 }
    }
  }
}
