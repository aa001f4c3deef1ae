import Artifacts

/// Kinds for tests that need some.
extension ArtifactKind {
  static let sequences = ArtifactKind("sequences")
  static let tokens = ArtifactKind("tokens")
  static let metrics = ArtifactKind("metrics")
}
