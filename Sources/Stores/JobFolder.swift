import Glibc

/// The files that a run and its jobs on a cluster leave for each other. What one host writes
/// here another one reads, so nothing is read for good: a file may show up late, and grow.
package struct JobFolder: Sendable {
  package let path: String
  /// The store's folder.
  package let store: String

  /// Makes the folder of the jobs of run `run`. The path is absolute, so that it means the same to every process.
  package init(_ store: Store, run: String) throws(StoreError) { try self.init(store, at: "runs/\(run)/jobs") }

  /// Makes a folder that is for nothing but a test. What is left of it after a crash is swept like other temporaries.
  package init(ofTestIn store: Store) throws(StoreError) {
    try self.init(store, at: "tmp/" + Owner.current.newName())
  }

  private init(_ store: Store, at place: String) throws(StoreError) {
    self.store = store.root.hasPrefix("/") ? store.root : Self.workingFolder + "/" + store.root
    path = self.store + "/" + place
    try store.files.makeFolders(path, below: nil)
  }

  private static var workingFolder: String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }

  /// Writes a whole file, for another host to read.
  package func write(_ name: String, _ text: String) throws(StoreError) {
    let file = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o664)
    guard file >= 0 else { throw .of(errno, "make", path + "/" + name) }
    defer { Glibc.close(file) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .of(errno, "write", path + "/" + name) }
      rest = rest.dropFirst(count)
    }
    guard fsync(file) == 0 else { throw .of(errno, "write", path + "/" + name) }
  }

  /// The names of all files that can be seen now.
  package func names() -> Set<String> { Set((try? DiskFileSystem().names(path)) ?? []) }

  /// What has been added to a file behind `offset`, which moves on. Nothing when there is no such file (yet).
  package func read(_ name: String, from offset: inout Int) -> [UInt8] {
    let file = open(path + "/" + name, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { Glibc.close(file) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = pread(file, &buffer, buffer.count, off_t(offset))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return result }
      result += buffer[..<count]
      offset += count
    }
  }

  package func remove(_ name: String) { unlink(path + "/" + name) }

  /// Removes the folder and all that is in it.
  package func removeAll() { ScratchFolder.remove(path) }
}
