import Training

extension TrainingError {
  /// The word under which the failure is recorded.
  var code: String {
    switch self {
    case .notFinite: "not-finite"
    case .badCheckpoint: "bad-checkpoint"
    case .badInput: "bad-input"
    }
  }
}
