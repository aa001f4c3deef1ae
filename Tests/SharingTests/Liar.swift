import Artifacts
import Compression
import Remotes
import Synchronization

/// A remote whose bytes or answers are wrong on demand.
final class Liar: Remote {
  let inner: any Remote
  let lies: Mutex<Set<String>>
  let reads = Mutex(0)
  init(_ inner: any Remote, _ lies: Set<String> = []) {
    self.inner = inner
    self.lies = Mutex(lies)
  }
  func does(_ lie: String) -> Bool { lies.withLock { $0.contains(lie) } }

  var name: String { inner.name }
  var isReadOnly: Bool { inner.isReadOnly }
  var requests: Int { reads.withLock { $0 } }
  func tags() throws(RemoteError) -> [String] {
    if does("down") { throw .unreachable(host: "nowhere", reason: "test") }
    return try does("empty") ? [] : inner.tags()
  }
  func manifest(_ tag: String) throws(RemoteError) -> [UInt8] { try inner.manifest(tag) }
  func holds(_ blob: Digest, size: Int) throws(RemoteError) -> Bool { try inner.holds(blob, size: size) }
  func read(_ blob: Digest, _ range: Range<Int>) throws(RemoteError) -> [UInt8] {
    reads.withLock { $0 += 1 }
    if does("breaks") { throw .stalled(host: "nowhere", seconds: 1) }
    var bytes = try inner.read(blob, range)
    // Claims and places are small here, packs are not.
    if does("flips"), bytes.count > 4_000 { bytes[bytes.count / 2] ^= 1 }
    return bytes
  }
  func put(_ blob: Digest, size: Int, _ open: () throws -> any ByteReader, progress: (Int) -> Void) throws {
    try inner.put(blob, size: size, open, progress: progress)
  }
  func publish(_ tag: String, _ manifest: [UInt8]) throws(RemoteError) { try inner.publish(tag, manifest) }
  func removeTag(_ tag: String) throws(RemoteError) { try inner.removeTag(tag) }
  func blobs() throws(RemoteError) -> [RemoteBlob]? { try inner.blobs() }
  func remove(_ blob: Digest) throws(RemoteError) { try inner.remove(blob) }
}
