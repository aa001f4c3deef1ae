import Glibc

extension Predictions {
  /// How far the probabilities of predictions that were kept are from what came true: of two classes that of the
  /// second, whose scores are log-odds; of more that of the class which is predicted. nil where scores are not known.
  package var calibration: Calibration? {
    guard !scores.isEmpty else { return nil }
    if classes == 2 {
      return Calibration(probabilities: scores[0].map { 1 / (1 + exp(-$0)) }, outcomes: labels.map { $0 == 1 })
    }
    let sure = scores(of: predicted)
    guard sure.allSatisfy({ (0...1).contains($0) }) else { return nil }
    return Calibration(probabilities: sure, outcomes: zip(labels, predicted).map(==))
  }
}
