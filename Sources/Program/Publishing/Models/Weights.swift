import Artifacts
import ModelStages
import UseStages

/// The artifacts that hold the numbers of a trained network.
enum Weights {
  static let kinds: Set<ArtifactKind> = [.weights, .model, .trainingState]
  /// Those of them that others use, without the state from which a training goes on.
  static let exported: Set<ArtifactKind> = [.weights, .model]
}
