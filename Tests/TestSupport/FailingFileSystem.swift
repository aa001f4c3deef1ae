package import Files
import Glibc
internal import Synchronization

/// A file system that fails where a script says: for tests of the traces that a store leaves.
package final class FailingFileSystem: FileSystem {
  package enum Script: Sendable {
    case never
    /// Only the operation of this number fails, with this error code.
    case once(at: Int, code: Int32)
    /// From this operation on all fail, as when a disk is full or a share went away.
    case always(from: Int, code: Int32)
    /// The files at this path and below it are another user's.
    case refused(path: String)
    /// All can be read, and nothing written.
    case sealed
    /// The process dies in this operation: a write is done by half, and nothing after it happens.
    case crash(at: Int)
  }

  private struct State {
    var script = Script.never
    var operations = 0
  }

  private let base: any FileSystem
  private let state = Mutex(State())

  package init(_ base: any FileSystem, _ script: Script = .never) {
    self.base = base
    state.withLock { $0.script = script }
  }

  /// Goes on by another script; operations are still counted from the beginning.
  package func follow(_ script: Script) { state.withLock { $0.script = script } }

  /// The number of operations that were asked for.
  package var operations: Int { state.withLock { $0.operations } }

  /// The fate of the next operation.
  fileprivate enum Verdict { case go, fail(Int32), dieWriting }

  fileprivate func next(_ path: String) -> Verdict {
    state.withLock { state in
      defer { state.operations += 1 }
      switch state.script {
      case .never, .sealed: return .go
      case .once(let at, let code): return state.operations == at ? .fail(code) : .go
      case .always(let from, let code): return state.operations >= from ? .fail(code) : .go
      case .refused(let place): return path == place || path.hasPrefix(place + "/") ? .fail(EACCES) : .go
      case .crash(let at):
        return state.operations < at ? .go : state.operations == at ? .dieWriting : .fail(EIO)
      }
    }
  }

  private var isSealed: Bool { state.withLock { if case .sealed = $0.script { true } else { false } } }

  fileprivate func check(_ operation: String, _ path: String, writes: Bool = false) throws(StoreError) {
    if writes && isSealed { throw .of(EROFS, operation, path) }
    switch next(path) {
    case .go: return
    case .fail(let code): throw .of(code, operation, path)
    case .dieWriting: throw .of(EIO, operation, path)
    }
  }

  package func open(_ path: String) throws(StoreError) -> any OpenFile {
    try check("open", path)
    return FailingFile(try base.open(path), path, self)
  }
  package func create(_ path: String, _ mode: FileMode) throws(StoreError) -> any OpenFile {
    try check("create", path, writes: true)
    return FailingFile(try base.create(path, mode), path, self)
  }
  package func append(_ path: String) throws(StoreError) -> any OpenFile {
    try check("open", path, writes: true)
    return FailingFile(try base.append(path), path, self)
  }
  package func contents(_ path: String) throws(StoreError) -> [UInt8]? {
    try check("read", path)
    return try base.contents(path)
  }
  package func contains(_ path: String) throws(StoreError) -> Bool {
    try check("look for", path)
    return try base.contains(path)
  }
  package func status(_ path: String) throws(StoreError) -> FileStatus {
    try check("look at", path)
    return try base.status(path)
  }
  package func names(_ folder: String) throws(StoreError) -> [String] {
    try check("list", folder)
    return try base.names(folder)
  }
  package func makeFolder(_ path: String) throws(StoreError) {
    // Entries that are there already are told first.
    let isThere = try base.contains(path)
    try check("make the folder", path, writes: !isThere)
    try base.makeFolder(path)
  }
  package func makeWritable(folder: String) throws(StoreError) {
    try check("open up", folder, writes: true)
    try base.makeWritable(folder: folder)
  }
  package func move(_ path: String, to target: String, replacing: Bool) throws(StoreError) {
    try check("move to", target, writes: true)
    try base.move(path, to: target, replacing: replacing)
  }
  package func remove(_ path: String) throws(StoreError) {
    try check("remove", path, writes: true)
    try base.remove(path)
  }
  package func touch(_ path: String) throws(StoreError) {
    try check("touch", path, writes: true)
    try base.touch(path)
  }
  package func synchronize(folder: String) throws(StoreError) {
    try check("synchronize", folder)
    try base.synchronize(folder: folder)
  }
}

private final class FailingFile: OpenFile {
  private let base: any OpenFile
  private let path: String
  private let owner: FailingFileSystem

  init(_ base: any OpenFile, _ path: String, _ owner: FailingFileSystem) {
    self.base = base
    self.path = path
    self.owner = owner
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int {
    try owner.check("read", path)
    return try base.read(into: buffer)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) -> Int {
    try owner.check("read", path)
    return try base.read(into: buffer, at: offset)
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    switch owner.next(path) {
    case .go: try base.write(bytes)
    case .fail(let code): throw .of(code, "write", path)
    case .dieWriting:
      try base.write(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]))
      throw .of(EIO, "write", path)
    }
  }

  func synchronize() throws(StoreError) {
    try owner.check("synchronize", path)
    try base.synchronize()
  }
  func status() throws(StoreError) -> FileStatus {
    try owner.check("look at", path)
    return try base.status()
  }
  func close() throws(StoreError) {
    try owner.check("close", path)
    try base.close()
  }
}
