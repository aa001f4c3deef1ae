package import Artifacts
internal import Compression
import Files

/// A folder of zstd files named by the SHA-256 of their uncompressed bytes: the store's objects, or the blocks of a
/// training.
package struct ObjectFolder: Sendable {
  let store: Store
  /// A training's folder of blocks; nil for the store's objects, which are spread over 256 folders.
  let blocks: String?

  /// The path at which the folder has, or would have, an object.
  package func path(of digest: Digest) -> String {
    if let blocks { "\(blocks)/\(digest.hex)" } else { store.folder.sharded("objects", digest) }
  }

  func contains(_ digest: Digest) throws(StoreError) -> Bool { try store.files.contains(path(of: digest)) }

  /// Whether the folder has the file; if so, the file counts as new from now on, so that nobody evicts it for a while.
  func touch(_ digest: Digest) throws(StoreError) -> Bool {
    do {
      try store.files.touch(path(of: digest))
      return true
    } catch let error where error.isAbsent { return false }
  }

  func writer() throws(StoreError) -> ObjectWriter { try ObjectWriter(self) }

  /// A verifying reader. Without `size` the length is not checked: for `fsck`, which knows only names.
  func reader(_ digest: Digest, size: Int?) throws(StoreError) -> any ByteReader {
    do {
      return ObjectReader(try store.files.open(path(of: digest)), self, digest, size)
    } catch let error where error.isAbsent { throw .missing(digest) }
  }

  /// Reads an object to its end, so that one that is bad is found and quarantined.
  package func verify(_ digest: Digest, size: Int?) throws {
    let reader = try reader(digest, size: size)
    try withUnsafeTemporaryAllocation(byteCount: 1 << 17, alignment: 16) { while try reader.read(into: $0) > 0 {} }
  }

  /// Gives sealed objects their names, then makes each folder durable once.
  func place(_ objects: [SealedObject]) throws(StoreError) {
    var folders: Set<String> = []
    for object in objects { if let folder = try object.place() { folders.insert(folder) } }
    for folder in folders.sorted() { try store.files.synchronize(folder: folder) }
  }
}

/// Reads one object and verifies it: no byte beyond its size, and the last bytes only after the digest has been
/// compared.
final class ObjectReader: ByteReader {
  private let decoder: ZstdDecoder
  private let folder: ObjectFolder
  private let digest: Digest
  private let size: Int?
  private var hasher = DigestHasher()
  private var done = 0
  private var isVerified = false

  init(_ file: any OpenFile, _ folder: ObjectFolder, _ digest: Digest, _ size: Int?) {
    decoder = ZstdDecoder(over: FileReader(file))
    self.folder = folder
    self.digest = digest
    self.size = size
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard !isVerified, !buffer.isEmpty else { return 0 }
    do {
      let space = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(size.map { $0 - done } ?? .max))
      let count = try decoder.read(into: space)
      hasher.update(UnsafeRawBufferPointer(rebasing: space[..<count]))
      done += count
      if done == size || count == 0 { try finish() }
      return count
    } catch let error as CompressionError {
      throw refuse("\(error)")
    }
  }

  private func finish() throws {
    if let size {
      guard done == size else { throw try misfit() }
      var more: UInt8 = 0
      guard try withUnsafeMutableBytes(of: &more, { try decoder.read(into: $0) }) == 0 else { throw try misfit() }
    }
    guard hasher.finish() == digest else { throw refuse("it has another digest") }
    isVerified = true
  }

  /// The object is not of the size that was stated: it goes only where its bytes are bad, for the statement may be
  /// wrong.
  private func misfit() throws -> StoreError {
    try folder.verify(digest, size: nil)
    return .corrupt(digest)
  }

  private func refuse(_ reason: String) -> StoreError {
    folder.store.folder.quarantine(folder.path(of: digest), reason)
    return .corrupt(digest)
  }
}
