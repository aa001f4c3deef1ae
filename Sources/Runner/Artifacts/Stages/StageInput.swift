/// One bound item of a port.
package struct StageInput: Sendable {
  /// By role, for a gathering port; else empty.
  package let ids: [String: [String]]
  /// nil: a failed item, at a port that accepts failures.
  package let artifact: (any InputArtifact)?
  package init(ids: [String: [String]], artifact: (any InputArtifact)?) {
    self.ids = ids
    self.artifact = artifact
  }
}
