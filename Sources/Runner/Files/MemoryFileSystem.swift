import Glibc
internal import Synchronization
import Wording

/// A file system in memory that knows what a power failure would leave: bytes and names that were not synchronized.
package final class MemoryFileSystem: FileSystem {
  fileprivate final class Node: Sendable {
    struct State {
      var bytes: [UInt8] = []
      /// The bytes on the disk that this plays.
      var durable: [UInt8] = []
      var modified = Int64.now
    }
    let number: UInt64
    let isFolder: Bool
    /// Unused by a folder.
    let state = Mutex(State())
    init(number: UInt64, isFolder: Bool) {
      self.number = number
      self.isFolder = isFolder
    }
  }

  private struct State {
    var names: [String: Node] = ["/": Node(number: 1, isFolder: true)]
    var durable: [String: Node] = [:]
    var created: UInt64 = 1
  }

  private let state = Mutex(State())

  package init() {}

  /// Loses power: only synchronized bytes stay and, unless `keepingNames`, only synchronized names.
  package func losePower(keepingNames: Bool) {
    state.withLock { state in
      if !keepingNames { state.names = state.durable.merging(["/": state.names["/"]!]) { old, _ in old } }
      for node in state.names.values { node.state.withLock { $0.bytes = $0.durable } }
    }
  }

  /// Every path, folders with a slash at their end, ascending.
  package var paths: [String] {
    state.withLock { $0.names.map { $0.value.isFolder && $0.key != "/" ? $0.key + "/" : $0.key }.sorted() }
  }

  /// Changes the bytes of a file behind everybody's back, as a bad disk would.
  package func damage(_ path: String, _ change: (inout [UInt8]) -> Void) {
    guard let file = state.withLock({ $0.names[path] }) else { preconditionFailure("no file \(path)") }
    file.state.withLock { change(&$0.bytes) }
  }

  package func open(_ path: String) throws(StoreError) -> any OpenFile {
    MemoryFile(try node(path, "open"), path, writes: false)
  }

  package func create(_ path: String, _ mode: FileMode) throws(StoreError) -> any OpenFile {
    MemoryFile(try add(path, isFolder: false, "create"), path, writes: true)
  }

  package func append(_ path: String) throws(StoreError) -> any OpenFile {
    if let node = state.withLock({ $0.names[path] }) { return MemoryFile(node, path, writes: true) }
    return MemoryFile(try add(path, isFolder: false, "open"), path, writes: true)
  }

  package func contents(_ path: String) throws(StoreError) -> [UInt8]? {
    guard let node = state.withLock({ $0.names[path] }) else { return nil }
    guard !node.isFolder else { throw .of(EISDIR, "read", path) }
    return node.state.withLock { $0.bytes }
  }

  package func contains(_ path: String) throws(StoreError) -> Bool { state.withLock { $0.names[path] != nil } }

  package func status(_ path: String) throws(StoreError) -> FileStatus { try node(path, "look at").status }

  package func names(_ folder: String) throws(StoreError) -> [String] {
    guard try node(folder, "list").isFolder else { throw .of(ENOTDIR, "list", folder) }
    let front = folder == "/" ? "/" : folder + "/"
    return state.withLock { state in
      state.names.keys.filter { $0.hasPrefix(front) && $0 != front && !$0.dropFirst(front.count).contains("/") }
        .map { String($0.dropFirst(front.count)) }.sorted { $0.precedesInBytes($1) }
    }
  }

  package func makeFolder(_ path: String) throws(StoreError) { _ = try add(path, isFolder: true, "make the folder") }

  /// Nobody is refused anything here.
  package func makeWritable(folder: String) throws(StoreError) {}

  package func move(_ path: String, to target: String, replacing: Bool) throws(StoreError) {
    let result: Result<Void, StoreError> = state.withLock { state in
      guard let node = state.names[path] else { return .failure(.of(ENOENT, "move to", target)) }
      guard let parent = state.names[Self.parent(of: target)] else { return .failure(.of(ENOENT, "move to", target)) }
      guard parent.isFolder else { return .failure(.of(ENOTDIR, "move to", target)) }
      guard replacing || state.names[target] == nil else { return .failure(.of(EEXIST, "move to", target)) }
      state.names[path] = nil
      state.names[target] = node
      return .success(())
    }
    try result.get()
  }

  package func remove(_ path: String) throws(StoreError) {
    let result: Result<Void, StoreError> = state.withLock { state in
      guard state.names[path] != nil else { return .failure(.of(ENOENT, "remove", path)) }
      guard !state.names.keys.contains(where: { $0.hasPrefix(path + "/") }) else {
        return .failure(.of(ENOTEMPTY, "remove", path))
      }
      state.names[path] = nil
      return .success(())
    }
    try result.get()
  }

  package func touch(_ path: String) throws(StoreError) {
    try node(path, "touch").state.withLock { $0.modified = .now }
  }

  package func synchronize(folder: String) throws(StoreError) {
    _ = try node(folder, "synchronize")
    state.withLock { state in
      for path in Set(state.names.keys).union(state.durable.keys) where path != "/" && Self.parent(of: path) == folder {
        state.durable[path] = state.names[path]
      }
    }
  }

  private func node(_ path: String, _ operation: String) throws(StoreError) -> Node {
    guard let node = state.withLock({ $0.names[path] }) else { throw .of(ENOENT, operation, path) }
    return node
  }

  private func add(_ path: String, isFolder: Bool, _ operation: String) throws(StoreError) -> Node {
    let result: Result<Node, StoreError> = state.withLock { state in
      guard state.names[path] == nil else { return .failure(.of(EEXIST, operation, path)) }
      guard let parent = state.names[Self.parent(of: path)] else { return .failure(.of(ENOENT, operation, path)) }
      guard parent.isFolder else { return .failure(.of(ENOTDIR, operation, path)) }
      state.created += 1
      let node = Node(number: state.created, isFolder: isFolder)
      state.names[path] = node
      return .success(node)
    }
    return try result.get()
  }
}

extension MemoryFileSystem.Node {
  fileprivate var status: FileStatus {
    let (size, modified) = state.withLock { ($0.bytes.count, $0.modified) }
    return FileStatus(
      device: 1, inode: number, size: size, modified: modified, changed: modified, isFolder: isFolder)
  }
}

/// An open file in memory: it outlives the removal of its name, as on disk.
private final class MemoryFile: OpenFile {
  private let node: MemoryFileSystem.Node
  private let path: String
  private let writes: Bool
  private var offset = 0

  init(_ node: MemoryFileSystem.Node, _ path: String, writes: Bool) {
    self.node = node
    self.path = path
    self.writes = writes
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int {
    guard !node.isFolder else { throw .of(EISDIR, "read", path) }
    let part = node.state.withLock { Array($0.bytes.dropFirst(offset).prefix(buffer.count)) }
    buffer.copyBytes(from: part)
    offset += part.count
    return part.count
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) -> Int {
    guard !node.isFolder else { throw .of(EISDIR, "read", path) }
    return node.state.withLock { state in
      let part = state.bytes.dropFirst(offset).prefix(buffer.count)
      buffer.copyBytes(from: part)
      return part.count
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    guard writes, !node.isFolder else { throw .of(EBADF, "write", path) }
    let copy = Array(bytes)
    node.state.withLock {
      $0.bytes += copy
      $0.modified = .now
    }
  }

  func synchronize() throws(StoreError) { node.state.withLock { $0.durable = $0.bytes } }
  func status() throws(StoreError) -> FileStatus { node.status }
  func close() throws(StoreError) {}
}
