/// The operations that a store asks of a file system, and all that it asks. Paths are the caller's, uninterpreted.
///
/// `DiskFileSystem` and `MemoryFileSystem` are two; tests wrap one of them, so that it fails. Each call is one thing
/// that can fail: a name of nothing throws an error whose `isAbsent` is true, a name that is taken one whose `isTaken`
/// is true.
package protocol FileSystem: Sendable {
  /// An existing file, for reading.
  func open(_ path: String) throws(StoreError) -> any OpenFile
  /// A new file, for writing; the name must be free.
  func create(_ path: String, _ mode: FileMode) throws(StoreError) -> any OpenFile
  /// A file whose writes go to its end, made if there is none.
  func append(_ path: String) throws(StoreError) -> any OpenFile
  /// The whole of a small file; nil when it is not there, which is usual and therefore no error.
  func contents(_ path: String) throws(StoreError) -> [UInt8]?
  /// Whether there is anything of that name.
  func contains(_ path: String) throws(StoreError) -> Bool
  /// The file or folder that a name stands for; a link is not followed.
  func status(_ path: String) throws(StoreError) -> FileStatus
  /// The names in a folder, ascending by bytes.
  func names(_ folder: String) throws(StoreError) -> [String]
  func makeFolder(_ path: String) throws(StoreError)
  /// Lets a folder's owner list it and remove what is in it.
  func makeWritable(folder: String) throws(StoreError)
  /// Gives a file another name in one step. Without `replacing`, the new name must be free.
  func move(_ path: String, to target: String, replacing: Bool) throws(StoreError)
  /// Removes a file, a link or an empty folder.
  func remove(_ path: String) throws(StoreError)
  /// Makes the time of a file's modification now, by the clock of the file system.
  func touch(_ path: String) throws(StoreError)
  /// Makes the names in a folder durable.
  func synchronize(folder: String) throws(StoreError)
}

extension FileSystem {
  /// Makes a folder and what is above it, up to `top` if that is given, which must be there; each durable. One that
  /// exists is no error.
  package func makeFolders(_ path: String, below top: String? = nil) throws(StoreError) {
    let parent = Self.parent(of: path)
    do {
      try makeFolder(path)
    } catch let error where error.isTaken {
      return
    } catch let error where error.isAbsent {
      guard parent != path, parent != top else { throw error }
      try makeFolders(parent, below: top)
      do { try makeFolder(path) } catch let error where error.isTaken {}
    }
    try synchronize(folder: parent)
  }

  /// The folder that `path` names something in.
  package static func parent(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Removes a file; one that is not there is no error.
  package func removeIfPresent(_ path: String) throws(StoreError) {
    do { try remove(path) } catch let error where error.isAbsent {}
  }

  /// Removes a file, or a folder with all that is in it, files before folders. A link is removed, not followed.
  /// Files that others add meanwhile stay, and so do another user's: false when something stayed.
  @discardableResult
  package func removeAll(_ path: String) throws(StoreError) -> Bool {
    do {
      if try removeUnlessFilled(path) { return true }
      try? makeWritable(folder: path)
      var folders: [String] = []
      for name in try namesIfPresent(path) where try !removeUnlessFilled(path + "/" + name) {
        folders.append(path + "/" + name)
      }
      for folder in folders { try removeAll(folder) }
      return try removeUnlessFilled(path)
    } catch StoreError.permission { return false }
  }

  /// Removes anything but a folder that is not empty, for which the result is false.
  private func removeUnlessFilled(_ path: String) throws(StoreError) -> Bool {
    do { try removeIfPresent(path) } catch let error where error.isTaken { return false }
    return true
  }

  /// The names in a folder, none when it is not there.
  package func namesIfPresent(_ folder: String) throws(StoreError) -> [String] {
    do { return try names(folder) } catch let error where error.isAbsent { return [] }
  }
}
