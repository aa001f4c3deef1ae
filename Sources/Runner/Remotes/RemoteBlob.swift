package import Artifacts

/// A blob as a remote lists it.
package struct RemoteBlob: Hashable, Sendable {
  package let digest: Digest
  package let size: Int
  /// Seconds since 1970 by the remote's clock; nil where it does not tell.
  package let modified: Double?
  package init(digest: Digest, size: Int, modified: Double?) {
    (self.digest, self.size, self.modified) = (digest, size, modified)
  }
}
