package import Artifacts
package import Syntax

/// A pipeline with the values given for it: a plan is made of it.
package struct PipelineRequest {
  /// The file, by the name that positions bear.
  package var pipeline: String
  package let text: [UInt8]
  package var overrides: [Override]
  package var store: String?
  /// The folder of own stages, if it is named.
  package var stages: String?
  /// The remotes that count.
  package var remotes: RemoteSelection
  /// Inputs by name with the bytes that they had once, which stand for those of the files now.
  package var inputs: [String: ArtifactReference] = [:]

  package init(
    pipeline: String, text: [UInt8], overrides: [Override], store: String?, stages: String?,
    remotes: RemoteSelection = RemoteSelection()
  ) {
    (self.pipeline, self.text, self.overrides) = (pipeline, text, overrides)
    (self.store, self.stages, self.remotes) = (store, stages, remotes)
  }

  /// The same, without remotes.
  package var offline: PipelineRequest {
    var request = self
    request.remotes.isOffline = true
    return request
  }
}
