package import Artifacts

/// Bytes that somebody gave for an object, and that are not its bytes.
package struct WrongBytes: Error, Hashable, Sendable {
  package let digest: Digest
}
