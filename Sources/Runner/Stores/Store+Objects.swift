package import Artifacts
package import Files
import System

/// Bytes by digest.
extension Store {
  /// The folder of the store's objects.
  package var objects: ObjectFolder { ObjectFolder(store: self, blocks: nil) }

  /// A writer of a new object.
  package func writer() throws(StoreError) -> ObjectWriter { try objects.writer() }

  /// Stores `bytes` as an object.
  @discardableResult
  package func put(_ bytes: [UInt8]) throws -> (digest: Digest, size: Int) {
    let writer = try writer()
    try writer.write(bytes)
    return try writer.commit()
  }

  /// Whether the store has an object, by a look at its name only.
  package func contains(_ digest: Digest) throws(StoreError) -> Bool { try objects.contains(digest) }

  /// Whether the store has an object that somebody is about to rely on: one that is there counts as new from now on,
  /// so that nobody evicts it for a while. One of another user, which cannot be touched, is there all the same.
  package func claim(_ digest: Digest) throws(StoreError) -> Bool {
    do { return try objects.touch(digest) } catch StoreError.permission { return true } catch StoreError.readOnly {
      return try contains(digest)
    }
  }

  /// A reader of an object of `size` bytes. Throws `missing`; reading throws `corrupt` when the bytes are wrong.
  package func reader(_ digest: Digest, size: Int) throws(StoreError) -> any ByteReader {
    try objects.reader(digest, size: size)
  }

  /// All bytes of an object, for objects that are small by nature.
  package func bytes(_ digest: Digest, size: Int) throws -> [UInt8] {
    try reader(digest, size: size).allBytes(expecting: size)
  }

  /// The path of a verified, uncompressed, read-only copy of an object in the folder `scratch`, which is on disk.
  package func localPath(_ digest: Digest, size: Int, scratch: String) throws -> String {
    try Scratch(folder: scratch).path(of: digest) { try self.reader(digest, size: size) }
  }
}

/// A folder on local disk for uncompressed copies; its owner removes it.
struct Scratch {
  let folder: String
  private let files = DiskFileSystem()

  init(folder: String) { self.folder = folder }

  /// A read-only copy of the bytes that `open` gives, which must verify itself. They are copied once.
  func path(of digest: Digest, _ open: () throws -> any ByteReader) throws -> String {
    let path = folder + "/" + digest.hex
    if try files.contains(path) { return path }
    let reader = try open()
    let temporary = folder + "/" + ProcessIdentity.current.newName()
    try files.makeFolders(folder)
    do {
      let file = try files.create(temporary, .readOnly)
      try reader.copy(to: FileWriter(file))
      try file.close()
      try files.move(temporary, to: path, replacing: true)
    } catch {
      try? files.remove(temporary)
      throw error
    }
    return path
  }
}

extension Store {
  /// The digests of the files of a tree that is an object; none when it is gone or damaged.
  package func members(ofTree digest: Digest, size: Int) -> [Digest] {
    guard let bytes = try? bytes(digest, size: size) else { return [] }
    return (try? TreeManifest(decoding: bytes))?.entries.map(\.digest) ?? []
  }
}
