import Artifacts
import Files
internal import Synchronization

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
