package import Files
import Glibc
import System

/// The files that a run and its jobs on a cluster leave for each other. One host writes here and another one reads,
/// so nothing is read for good: a file may show up late, and grow.
package struct JobFolder: Sendable {
  package let path: String
  /// The store's folder.
  package let store: String
  private let files: any FileSystem

  /// Makes the folder of the jobs of run `run`. The path is absolute, so that it means the same to every process.
  package init(_ store: Store, run: String) throws(StoreError) { try self.init(store, at: "runs/\(run)/jobs") }

  /// Makes a folder that is for nothing but a test. After a crash it is swept like other temporaries.
  package init(ofTestIn store: Store) throws(StoreError) {
    try self.init(store, at: "tmp/" + ProcessIdentity.current.newName())
  }

  /// The folders that runs of this user have left whose process is no more. For another host's folder, or another
  /// user's, this process can tell neither that nor which of its jobs are still to start.
  package static func abandoned(in store: Store) throws(StoreError) -> [(run: String, folder: JobFolder)] {
    var found: [(run: String, folder: JobFolder)] = []
    for run in try store.runs() where try store.files.contains("\(store.root)/runs/\(run)/jobs") {
      guard try store.isKnownToBeGone(run: run), isOwn("\(store.root)/runs/\(run)/jobs") else { continue }
      found.append((run, try JobFolder(store, run: run)))
    }
    return found
  }

  private static func isOwn(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_uid == geteuid()
  }

  private init(_ store: Store, at place: String) throws(StoreError) {
    self.store = store.root.hasPrefix("/") ? store.root : Self.workingFolder + "/" + store.root
    path = self.store + "/" + place
    files = store.files
    try store.folder.checkPresent()
    try files.makeFolders(path, below: nil)
  }

  private static var workingFolder: String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }

  /// Writes a whole new file, for another host to read.
  package func write(_ name: String, _ text: String) throws(StoreError) {
    let file = try files.create(path + "/" + name, .writable)
    try file.write(Array(text.utf8))
    try file.synchronize()
    try file.close()
  }

  /// The names of all files that can be seen now.
  package func names() -> Set<String> { Set((try? files.names(path)) ?? []) }

  /// The bytes that have been added to a file behind `offset`, which moves on; none when there is no such file (yet).
  package func read(_ name: String, from offset: inout Int) -> [UInt8] {
    guard let file = try? files.open(path + "/" + name) else { return [] }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while let count = try? buffer.withUnsafeMutableBytes({ try file.read(into: $0, at: offset) }), count > 0 {
      result += buffer[..<count]
      offset += count
    }
    return result
  }

  /// Removes a file of the folder; a failure is passed over.
  package func remove(_ name: String) { try? files.removeIfPresent(path + "/" + name) }

  /// Removes the folder and the files in it.
  package func removeAll() { _ = try? files.removeAll(path) }
}
