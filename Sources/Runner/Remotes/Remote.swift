package import Artifacts

/// A place that keeps blobs by their digests and pushes by their tags. Blobs are immutable; a push is named last.
///
/// Nothing that comes from a remote is verified here but its size: whoever reads hashes. All calls may be made from
/// several threads at once.
package protocol Remote: Sendable {
  /// The address without user information or secrets, for messages.
  var name: String { get }
  var isReadOnly: Bool { get }
  /// Requests that were sent so far, each attempt counted; 0 where there are none.
  var requests: Int { get }
  /// The tags of all pushes, ascending; names that are none of a push are left out. A remote that is empty, or not
  /// begun, has none.
  func tags() throws(RemoteError) -> [String]
  /// The manifest of a push: at most 4 MiB.
  func manifest(_ tag: String) throws(RemoteError) -> [UInt8]
  /// Whether a blob of that size is there. One of another size is not.
  func holds(_ blob: Digest, size: Int) throws(RemoteError) -> Bool
  /// Bytes of a blob at a range of at most 64 MiB. Throws `malformed` for a blob that ends before.
  func read(_ blob: Digest, _ range: Range<Int>) throws(RemoteError) -> [UInt8]
  /// Writes a blob, also where one is already: ask `holds` before. `open` may be called again for another attempt.
  /// `progress` hears the bytes that were sent since the last call; what an attempt had sent is taken back as a
  /// negative number before the next one. Throws `RemoteError`, and what `open` and its reader throw.
  func put(_ blob: Digest, size: Int, _ open: () throws -> any ByteReader, progress: (Int) -> Void) throws
  /// Names a push, all of whose blobs are there. The blob `{}`, and where the remote is a layout the manifest as a
  /// blob, are written here.
  func publish(_ tag: String, _ manifest: [UInt8]) throws(RemoteError)
  /// Removes the name of a push; one that is not there is no error.
  func removeTag(_ tag: String) throws(RemoteError)
  /// All blobs that are there, ascending; nil where a remote cannot list them, as a registry.
  func blobs() throws(RemoteError) -> [RemoteBlob]?
  /// Removes a blob; one that is not there is no error.
  func remove(_ blob: Digest) throws(RemoteError)
}

extension Remote {
  /// Writes a small blob, unless it is there.
  package func put(_ bytes: [UInt8]) throws(RemoteError) -> (digest: Digest, size: Int) {
    let digest = Digest.of(bytes)
    if try holds(digest, size: bytes.count) { return (digest, bytes.count) }
    do { try put(digest, size: bytes.count, { MemoryReader(bytes[...]) }, progress: { _ in }) } catch {
      throw RemoteError.of(error)
    }
    return (digest, bytes.count)
  }
}
