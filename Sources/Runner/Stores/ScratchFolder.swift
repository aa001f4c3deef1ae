package import Files
import Glibc
import System

/// A folder on local disk for the uncompressed copies of one execution. Its name in `tmp/` tells the process that owns
/// it.
package struct ScratchFolder: Sendable {
  package let path: String
  /// The kind and the permissions of a folder that is made in it.
  private let mode: mode_t

  /// Makes an empty folder.
  package init(in store: Store) throws(StoreError) {
    path = store.folder.temporaryFolder + "/" + ProcessIdentity.current.newName()
    if mkdir(path, 0o775) != 0 {
      guard errno == ENOENT else { throw .of(errno, "make", path) }
      try store.folder.checkPresent()
      try DiskFileSystem().makeFolders(path, below: store.root)
    }
    mode = Self.mode(path) ?? 0
  }

  /// Makes an empty folder beside no store, where this machine keeps temporary files.
  package init() throws(StoreError) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    path = parent + "/bioarc-" + ProcessIdentity.current.newName()
    guard mkdir(path, 0o700) == 0 else { throw .of(errno, "make", path) }
    mode = Self.mode(path) ?? 0
  }

  /// Empties it for the next execution; false when something stays. The folders `kept`, paths in it, stay and are empty
  /// too: to make a folder and to remove it takes a disk as long as some programs run. One that is not as it was made,
  /// or a link in its place, goes.
  package func clear(keeping kept: [String]) -> Bool { clear("", keeping: kept) }

  private func clear(_ inner: String, keeping kept: [String]) -> Bool {
    guard let names = try? DiskFileSystem().names(path + "/" + inner) else { return false }
    var isEmpty = true
    for name in names {
      let child = inner.isEmpty ? name : inner + "/" + name
      let place = path + "/" + child
      let isDone =
        kept.contains(child) && Self.mode(place) == mode
        ? clear(child, keeping: kept) : (try? DiskFileSystem().removeAll(place)) ?? false
      isEmpty = isEmpty && isDone
    }
    return isEmpty
  }

  private static func mode(_ path: String) -> mode_t? {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode : nil
  }

  /// Removes the folder and its files.
  package func remove() { Self.remove(path) }

  /// Removes folders that processes have left that are no more.
  package static func sweep(_ store: Store) {
    let parent = store.folder.temporaryFolder
    for name in (try? DiskFileSystem().names(parent)) ?? [] {
      if let owner = ProcessIdentity(name: name), owner.isKnownToBeGone { remove(parent + "/" + name) }
    }
  }

  /// A folder that cannot be removed now is a leftover that `gc` and the next sweep find.
  static func remove(_ path: String) { _ = try? DiskFileSystem().removeAll(path) }
}
