package import Artifacts
internal import Compression
import Files
internal import Synchronization

/// Writes one object: hashes and compresses in one pass into `tmp/`. Dropped without `commit`, it leaves nothing.
package final class ObjectWriter: ByteWriter {
  private let folder: ObjectFolder
  private let temporary: String
  private let file: any OpenFile
  private let encoder: ZstdEncoder
  private var hasher = DigestHasher()
  private var size = 0
  private(set) var sealed: SealedObject?

  init(_ folder: ObjectFolder) throws(StoreError) {
    self.folder = folder
    (temporary, file) = try folder.store.folder.newTemporary(.readOnly)
    encoder = ZstdEncoder(into: FileWriter(file))
  }

  deinit { if sealed == nil { try? folder.store.files.remove(temporary) } }

  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    hasher.update(bytes)
    size += bytes.count
    try encoder.write(bytes)
  }

  /// Ends the object; it gets its name in `commit`.
  package func close() throws { _ = try seal() }

  /// Makes the object durable and visible. One that is there already stays as it is.
  package func commit() throws -> (digest: Digest, size: Int) {
    let object = try seal()
    try folder.place([object])
    return (object.digest, object.size)
  }

  /// Ends the object and makes its bytes durable, under their temporary name.
  func seal() throws -> SealedObject {
    if let sealed { return sealed }
    try encoder.close()
    let digest = hasher.finish()
    let isKnown: Bool
    do { isKnown = try folder.touch(digest) } catch StoreError.permission {
      // An object of another user, which cannot be touched, might be evicted in a moment: it is written anew.
      isKnown = false
    }
    if !isKnown { try file.synchronize() }
    try file.close()
    let object = SealedObject(folder, digest: digest, size: size, temporary: temporary, isKnown: isKnown)
    sealed = object
    return object
  }
}

/// An object whose bytes are durable and that has no final name yet. Dropped without one, it leaves nothing.
final class SealedObject: Sendable {
  let digest: Digest
  let size: Int
  private let folder: ObjectFolder
  private let temporary: String
  private let isPlaced: Atomic<Bool>

  /// `isKnown`: the folder has these bytes already, so that the temporary file can go.
  init(_ folder: ObjectFolder, digest: Digest, size: Int, temporary: String, isKnown: Bool) {
    self.folder = folder
    self.digest = digest
    self.size = size
    self.temporary = temporary
    isPlaced = Atomic(isKnown)
    if isKnown { try? folder.store.files.remove(temporary) }
  }

  deinit { if !isPlaced.load(ordering: .relaxed) { try? folder.store.files.remove(temporary) } }

  /// Gives the object its name; returns the folder whose names are to be made durable, if there is news.
  func place() throws(StoreError) -> String? {
    let path = folder.path(of: digest)
    if isPlaced.load(ordering: .relaxed) {
      guard try folder.contains(digest) else { throw .missing(digest) }
      return nil
    }
    // A file that is there has the same content, or is bad and had better be replaced.
    try folder.store.folder.place(temporary, at: path, replacing: true)
    isPlaced.store(true, ordering: .relaxed)
    if folder.blocks == nil {
      // Notes of another user stay: the object is there all the same.
      do { try folder.store.withdrawEviction(of: digest) } catch StoreError.permission {}
    }
    return DiskFileSystem.parent(of: path)
  }
}
