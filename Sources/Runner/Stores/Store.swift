internal import Artifacts
package import Files
package import Packs
import System

/// Bytes by digest and results by key, in one folder; the only writer of that folder.
///
/// Nothing under a final name is ever partial: everything is written in `tmp/`, made durable and moved in one step.
/// All bytes that are read back are verified, and wrong ones go to `quarantine/`. There are no locks:
/// names are given out by moves that refuse to replace, and equal content under an equal name is no conflict.
/// `cache/README.md` shows the layout.
package final class Store: Sendable {
  package let folder: StoreFolder
  /// Whether other hosts may use the folder, by the kind of its file system: then written files are made to show.
  let isShared: Bool
  private let resultState = PackState()
  private let preimageState = PackState()
  private let evictionState = PackState()

  /// Opens the store in `root`. With `create`, one is made where there is nothing or an empty folder.
  /// Throws `notAStore`, `newerFormat`, or an error of the file system.
  package init(
    root: String, fileSystem: any FileSystem = DiskFileSystem(), create: Bool,
    report: @escaping @Sendable (StoreEvent) -> Void = { _ in }
  ) throws(StoreError) {
    folder = StoreFolder(root: root, files: fileSystem, report: report)
    isShared = fileSystem is DiskFileSystem && SharedFileSystems.has(root)
    if let format = try files.contents(folder.root + "/FORMAT") {
      try check(format)
      return
    }
    guard create else {
      throw .notAStore(
        path: root, reason: try files.contains(folder.root) ? "it has no file FORMAT" : "it does not exist")
    }
    try make()
  }

  /// The path of the folder, without a slash at its end.
  package var root: String { folder.root }
  /// The file system that the folder is on.
  package var files: any FileSystem { folder.files }

  /// Refuses anything but this version's format.
  private func check(_ format: [UInt8]) throws(StoreError) {
    let found = String(decoding: format.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    if found == StoreFolder.format { return }
    let words = found.split(separator: " ")
    if words.count == 2, words[0] == "bioarc-store", let number = Int(words[1]) {
      throw number > 2 ? .newerFormat(path: root, found: found) : .olderFormat(path: root, found: found)
    }
    throw .notAStore(path: root, reason: "its file FORMAT says something else")
  }

  /// Makes an empty store. Several processes may do so at once: one of them gives `FORMAT` its name.
  private func make() throws(StoreError) {
    try files.makeFolders(root)
    // Files that may lie in a folder before it becomes a store: notes, those that git keeps, and another
    // process's beginning.
    let others = try files.names(root).filter {
      !["README.md", ".gitignore", ".gitkeep", "FORMAT"].contains($0) && !$0.hasPrefix("FORMAT~")
    }
    for other in others where try !isRemnant(other) {
      if let format = try files.contents(root + "/FORMAT") { return try check(format) }
      throw .notAStore(path: root, reason: "it holds '\(other)' and no file FORMAT")
    }
    let temporary = root + "/FORMAT~" + ProcessIdentity.current.newName()
    do {
      let file = try files.create(temporary, .readOnly)
      try file.write(Array((StoreFolder.format + "\n").utf8))
      try file.synchronize()
      try file.close()
      try files.move(temporary, to: root + "/FORMAT", replacing: false)
    } catch {
      try? files.remove(temporary)
      guard error.isTaken, let format = try files.contents(root + "/FORMAT") else { throw error }
      return try check(format)
    }
    try files.synchronize(folder: root)
  }

  /// Whether something in a folder without `FORMAT` was left by a process that wrote to a store while it was removed:
  /// a folder of a store, with nothing in it but names that a store gives.
  private func isRemnant(_ name: String) throws(StoreError) -> Bool {
    let isOwn: (String) -> Bool
    switch name {
    case "objects": isOwn = { $0.utf8.count == 2 && UInt8($0, radix: 16) != nil }
    case "partial": isOwn = { Digest(hex: $0) != nil }
    case "leases": isOwn = { Digest(hex: String($0.prefix { $0 != "." })) != nil }
    case "results", "preimages", "evictions": isOwn = PackFolder.isName
    case "runs": isOwn = Self.isRunID
    case "tmp": isOwn = { ProcessIdentity(name: $0) != nil }
    default: return name == "stat-cache"
    }
    do {
      let path = root + "/" + name
      guard try files.status(path).isFolder else { return false }
      return try files.names(path).allSatisfy(isOwn)
    } catch let error where error.isAbsent { return true }
  }

  /// Result records by key.
  package var results: PackFolder { PackFolder(store: folder, name: "results", state: resultState) }
  /// Identities, with the sources of their inputs, by key.
  package var preimages: PackFolder { PackFolder(store: folder, name: "preimages", state: preimageState) }

  /// Notes on objects that were evicted to free space, without contents.
  package var evictions: PackFolder { PackFolder(store: folder, name: "evictions", state: evictionState) }

  /// Reads the entries that other processes have written.
  package func refresh() throws(StoreError) {
    try results.refresh()
    try preimages.refresh()
  }

  /// Makes the entries that this process has written durable, and ends its logs. It may write more afterwards.
  package func close() throws(StoreError) {
    try evictions.close()
    try preimages.close()
    try results.close()
  }

  /// Sorts ended logs when they are many: each of them is an open file, and a cluster's jobs leave one each.
  package func mergeIfMany() throws(StoreError) {
    if results.endedLogs > 100 { try merge() }
  }

  /// Sorts the entries of processes that are no more into few files.
  package func merge() throws(StoreError) {
    try evictions.merge()
    try preimages.merge()
    try results.merge()
  }
}
