package import Artifacts

/// A step as a claim is looked up: by its key, and the stage for which somebody may be trusted.
package struct ClaimedStep: Hashable, Sendable {
  package let key: Digest
  /// nil: not known before its record is here.
  package let stage: String?
  package init(key: Digest, stage: String?) { (self.key, self.stage) = (key, stage) }
}
