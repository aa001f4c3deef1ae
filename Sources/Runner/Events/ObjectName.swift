package import Artifacts

/// An object as a run's log names it.
package struct ObjectName: Codable, Sendable, Hashable {
  package let digest: Digest
  package let size: Int

  package init(digest: Digest, size: Int) { (self.digest, self.size) = (digest, size) }
}
