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
