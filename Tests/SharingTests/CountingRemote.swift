import Artifacts
import Remotes
import Synchronization

/// A remote that counts what is asked of it, one request for each call, and the bytes that go either way.
final class CountingRemote: Remote {
  struct Counts: Hashable {
    var requests = 0
    /// Calls that write a blob.
    var blobs = 0
    var sent = 0
    var received = 0

    static func - (a: Counts, b: Counts) -> Counts {
      Counts(
        requests: a.requests - b.requests, blobs: a.blobs - b.blobs, sent: a.sent - b.sent,
        received: a.received - b.received)
    }
  }

  private let inner: any Remote
  private let held = Mutex(Counts())

  init(_ inner: any Remote) { self.inner = inner }

  var counts: Counts { held.withLock { $0 } }
  /// The counts of what `body` asks, and what it returns.
  func counting<R>(_ body: () throws -> R) rethrows -> (Counts, R) {
    let before = counts
    let result = try body()
    return (counts - before, result)
  }

  private func note(blobs: Int = 0, sent: Int = 0, received: Int = 0) {
    held.withLock { counts in
      counts.requests += 1
      counts.blobs += blobs
      counts.sent += sent
      counts.received += received
    }
  }

  var name: String { inner.name }
  var isReadOnly: Bool { inner.isReadOnly }
  var requests: Int { counts.requests }
  func tags() throws(RemoteError) -> [String] {
    note()
    return try inner.tags()
  }
  func manifest(_ tag: String) throws(RemoteError) -> [UInt8] {
    let bytes = try inner.manifest(tag)
    note(received: bytes.count)
    return bytes
  }
  func holds(_ blob: Digest, size: Int) throws(RemoteError) -> Bool {
    note()
    return try inner.holds(blob, size: size)
  }
  func read(_ blob: Digest, _ range: Range<Int>) throws(RemoteError) -> [UInt8] {
    note(received: range.count)
    return try inner.read(blob, range)
  }
  func put(_ blob: Digest, size: Int, _ open: () throws -> any ByteReader, progress: (Int) -> Void) throws {
    note(blobs: 1, sent: size)
    try inner.put(blob, size: size, open, progress: progress)
  }
  func publish(_ tag: String, _ manifest: [UInt8]) throws(RemoteError) {
    note(sent: manifest.count)
    try inner.publish(tag, manifest)
  }
  func removeTag(_ tag: String) throws(RemoteError) { try inner.removeTag(tag) }
  func blobs() throws(RemoteError) -> [RemoteBlob]? { try inner.blobs() }
  func remove(_ blob: Digest) throws(RemoteError) { try inner.remove(blob) }
}
