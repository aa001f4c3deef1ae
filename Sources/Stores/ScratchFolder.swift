import Glibc

/// A folder on local disk for the uncompressed copies of one execution. Its name in `tmp/` tells the process that owns
/// it.
package struct ScratchFolder: Sendable {
  package let path: String

  /// Makes an empty folder.
  package init(in store: Store) throws(StoreError) {
    path = store.temporaryFolder + "/" + Owner.current.newName()
    if mkdir(path, 0o775) == 0 { return }
    guard errno == ENOENT else { throw .of(errno, "make", path) }
    try store.checkPresent()
    try DiskFileSystem().makeFolders(path, below: store.root)
  }

  /// Makes an empty folder beside no store, where this machine keeps temporary files.
  package init() throws(StoreError) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    path = parent + "/bioarc-" + Owner.current.newName()
    guard mkdir(path, 0o700) == 0 else { throw .of(errno, "make", path) }
  }

  /// Removes the folder and its files.
  package func remove() { Self.remove(path) }

  /// Removes what processes have left that are no more.
  package static func sweep(_ store: Store) {
    let parent = store.temporaryFolder
    for name in (try? DiskFileSystem().names(parent)) ?? [] {
      if let owner = Owner(name: name), owner.isKnownToBeGone { remove(parent + "/" + name) }
    }
  }

  /// What cannot be removed now is a leftover that `gc` and the next sweep find.
  static func remove(_ path: String) { _ = try? DiskFileSystem().removeAll(path) }
}
