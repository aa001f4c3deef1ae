import Artifacts
import Files
import System

/// A layout in a folder. A file is written under another name, made durable and moved.
struct FolderPlace: LayoutPlace {
  let root: String
  let files: any FileSystem
  let isReadOnly: Bool

  var name: String { "file:\(root)" }
  var requests: Int { 0 }

  private func path(_ name: String) -> String { root + "/" + name }

  /// Runs what works on files.
  private func onFiles<R>(_ body: () throws -> R) throws(RemoteError) -> R {
    do { return try body() } catch { throw .of(error) }
  }

  /// An open file with its size; nil where it is not there.
  private func opened(_ name: String) throws(RemoteError) -> (file: any OpenFile, size: Int)? {
    do throws(StoreError) {
      let file = try files.open(path(name))
      return (file, try file.status().size)
    } catch {
      if error.isAbsent { return nil }
      throw .file(error)
    }
  }

  func contents(_ name: String, limit: Int) throws(RemoteError) -> [UInt8]? {
    guard let (file, size) = try opened(name) else { return nil }
    guard size <= limit else { throw .tooLarge("'\(name)' of '\(self.name)'") }
    return try bytes(of: file, 0..<size, name)
  }

  func read(_ name: String, _ range: Range<Int>) throws(RemoteError) -> [UInt8] {
    guard let (file, size) = try opened(name) else { throw .absent("'\(name)' of '\(self.name)'") }
    guard range.upperBound <= size else { throw .malformed("'\(name)' of '\(self.name)' ends before its end") }
    return try bytes(of: file, range, name)
  }

  private func bytes(of file: any OpenFile, _ range: Range<Int>, _ name: String) throws(RemoteError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var filled = 0
    while filled < range.count {
      let count = try onFiles {
        try bytes.withUnsafeMutableBytes { space in
          try file.read(
            into: UnsafeMutableRawBufferPointer(rebasing: space[filled...]), at: range.lowerBound + filled)
        }
      }
      guard count > 0 else { throw .malformed("'\(name)' of '\(self.name)' ends before its end") }
      filled += count
    }
    return bytes
  }

  func size(_ name: String) throws(RemoteError) -> Int? {
    do throws(StoreError) { return try files.status(path(name)).size } catch {
      if error.isAbsent { return nil }
      throw .file(error)
    }
  }

  func write(
    _ name: String, _ digest: Digest, size: Int, _ open: @escaping () throws -> any ByteReader,
    progress: @escaping (Int) -> Void
  ) throws {
    let target = path(name)
    let parent = DiskFileSystem.parent(of: target)
    let temporary = parent + "/.tmp-" + ProcessIdentity.current.newName()
    let file = try create(temporary)
    do {
      var written = 0
      try open().forEachChunk { chunk in
        try file.write(chunk)
        written += chunk.count
        progress(chunk.count)
        return written <= size
      }
      guard written == size else { throw RemoteError.source("'\(name)' has another size than it should have") }
      try file.synchronize()
      try file.close()
      try files.move(temporary, to: target, replacing: true)
    } catch {
      try? files.remove(temporary)
      throw error
    }
    try files.synchronize(folder: parent)
  }

  /// A new file, in a folder that is made where it is missing.
  private func create(_ path: String) throws -> any OpenFile {
    do { return try files.create(path, .readOnly) } catch  where error.isAbsent {
      try files.makeFolders(DiskFileSystem.parent(of: path))
      return try files.create(path, .readOnly)
    }
  }

  func files(_ folder: String) throws(RemoteError) -> [LayoutFile]? {
    try onFiles {
      try files.namesIfPresent(path(folder)).filter { !$0.hasPrefix(".") }.compactMap { name in
        // A file that is removed meanwhile is not there.
        do {
          let status = try files.status(path(folder) + "/" + name)
          guard !status.isFolder else { return nil }
          return LayoutFile(name: name, size: status.size, modified: Double(status.modified) / 1e9)
        } catch let error as StoreError where error.isAbsent { return nil }
      }
    }
  }

  func remove(_ name: String) throws(RemoteError) { try onFiles { try files.removeIfPresent(path(name)) } }
}
