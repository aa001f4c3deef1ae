import Artifacts
import Glibc
import Stores
import Synchronization
import Testing

@testable import Files
@testable import Packs
@testable import Space

/// Hides from one host the changes of others until it looks again: as a client of a shared file system that keeps names
/// and sizes for a while, and a folder until it changes it itself. The host sees its own files at once, and exclusive
/// creation asks the server. A file that another host has removed cannot be read any more, though it is open here;
/// one that this host has removed can.
final class LateFileSystem: FileSystem {
  private let base: MemoryFileSystem
  private struct View {
    /// Folders as they were last fetched.
    var names: [String: [String]] = [:]
    /// The names that this host has made or removed since.
    var own: Set<String> = []
    /// Names of which the server has said that they are taken. They are not listed for that.
    var taken: Set<String> = []
  }
  private let view = Mutex(View())
  /// Files that this host has removed.
  private let removed = Mutex<Set<UInt64>>([])

  init(_ base: MemoryFileSystem) { self.base = base }

  /// The time is over for which names were kept.
  func expire() { view.withLock { $0 = View() } }

  private func shows(_ path: String) -> Bool {
    let folder = Self.folder(of: path)
    let name = String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...])
    return view.withLock { view in
      if view.own.contains(path) || view.taken.contains(path) { return true }
      guard let names = view.names[folder] else { return true }
      return names.contains(name)
    }
  }

  private func noteOwn(_ path: String) { view.withLock { _ = $0.own.insert(path) } }

  func open(_ path: String) throws(StoreError) -> any OpenFile {
    guard shows(path) else { throw .of(2, "open", path) }
    return LateFile(try base.open(path), path, self)
  }

  /// Whether what is open can still be read.
  fileprivate func serves(_ file: any OpenFile) throws(StoreError) -> Bool {
    let inode = try file.status().inode
    return removed.withLock { $0.contains(inode) } || base.paths.contains { (try? base.status($0).inode) == inode }
  }

  func create(_ path: String, _ mode: FileMode) throws(StoreError) -> any OpenFile {
    noteOwn(path)
    let file = try base.create(path, mode)
    view.withLock { $0.names[LateFileSystem.folder(of: path)] = nil }
    return file
  }
  private static func folder(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }
  func append(_ path: String) throws(StoreError) -> any OpenFile {
    noteOwn(path)
    return try base.append(path)
  }
  func contents(_ path: String) throws(StoreError) -> [UInt8]? { shows(path) ? try base.contents(path) : nil }
  func contains(_ path: String) throws(StoreError) -> Bool { shows(path) ? try base.contains(path) : false }
  func status(_ path: String) throws(StoreError) -> FileStatus { try base.status(path) }
  func names(_ folder: String) throws(StoreError) -> [String] {
    let now = try base.names(folder)
    return view.withLock { view in
      guard let kept = view.names[folder] else {
        view.names[folder] = now
        return now
      }
      let own = now.filter { view.own.contains(folder + "/" + $0) && !kept.contains($0) }
      return (kept + own).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
  }
  func makeFolder(_ path: String) throws(StoreError) {
    noteOwn(path)
    try base.makeFolder(path)
  }
  func move(_ path: String, to target: String, replacing: Bool) throws(StoreError) {
    do { try base.move(path, to: target, replacing: replacing) } catch {
      view.withLock { _ = $0.taken.insert(target) }
      throw error
    }
    noteOwn(target)
  }
  func makeWritable(folder: String) throws(StoreError) { try base.makeWritable(folder: folder) }
  func touch(_ path: String) throws(StoreError) { try base.touch(path) }
  func remove(_ path: String) throws(StoreError) {
    if let status = try? base.status(path) { removed.withLock { _ = $0.insert(status.inode) } }
    try base.remove(path)
  }
  func synchronize(folder: String) throws(StoreError) { try base.synchronize(folder: folder) }
}

private final class LateFile: OpenFile {
  private let base: any OpenFile
  private let path: String
  private let files: LateFileSystem

  init(_ base: any OpenFile, _ path: String, _ files: LateFileSystem) {
    self.base = base
    self.path = path
    self.files = files
  }

  private func check(_ operation: String) throws(StoreError) {
    guard try files.serves(base) else { throw .of(ESTALE, operation, path) }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int {
    try check("read")
    return try base.read(into: buffer)
  }
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) -> Int {
    try check("read")
    return try base.read(into: buffer, at: offset)
  }
  func status() throws(StoreError) -> FileStatus {
    try check("look at")
    return try base.status()
  }
  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) { try base.write(bytes) }
  func synchronize() throws(StoreError) { try base.synchronize() }
  func close() throws(StoreError) { try base.close() }
}

/// Two hosts, one of which sees late what the other does.
@Suite struct VisibilityTests {
  private func hosts() throws -> (here: Store, there: Store, late: LateFileSystem) {
    let memory = MemoryFileSystem()
    let here = try Store(root: "/store", fileSystem: memory, create: true)
    _ = try here.publish(record("old"), key("old"))
    let late = LateFileSystem(memory)
    let there = try Store(root: "/store", fileSystem: late, create: false)
    #expect(try there.result(key("old")) == record("old"))
    return (here, there, late)
  }

  /// The work is done twice at worst; one result comes of it, and later everybody sees it.
  @Test func `a result that is seen late stays one result`() throws {
    let (here, there, late) = try hosts()
    _ = try here.publish(record("a"), key("a"))
    try here.merge()
    // The file with the old result was merged away, and the new one is not to be seen yet: neither is an error.
    _ = try there.result(key("old"))
    let early = try there.result(key("a"))
    #expect(early == nil || early == record("a"))
    _ = try there.publish(record("a", finished: 9), key("a"))
    late.expire()
    for store in [here, there] {
      #expect(try store.attempts(key("a")).count == 1)
      #expect(try store.result(key("a")) != nil)
      #expect(try store.result(key("old")) == record("old"))
    }
    try there.merge()
    #expect(try here.fsck().problems.isEmpty)
    #expect(try here.attempts(key("a")).count == 1)
  }

  /// One host sorts logs and packs that another has open, which still lists them: it can read them no more, and finds
  /// what has become of them.
  @Test func `results merged by another host are found`() throws {
    let (here, there, late) = try hosts()
    for name in ["a", "b"] { _ = try here.publish(record(name), key(name)) }
    try here.merge()
    // A log is gone.
    try there.refresh()
    #expect(try there.row(key("old")) == ResultRow(record("old")), "it is not made again")
    for name in ["old", "a", "b"] { #expect(try there.result(key(name)) == record(name)) }
    _ = try there.publish(record("c"), key("c"))
    for name in ["d", "e"] { _ = try here.publish(record(name), key(name)) }
    try here.merge()
    // A pack is gone, whichever verb comes upon it first.
    let report = try there.fsck()
    #expect(report.problems.isEmpty && report.results == 6, "\(report)")
    for name in ["f", "g", "h"] { _ = try here.publish(record(name), key(name)) }
    try here.merge()
    #expect(try there.census().steps.count == 9)
    try there.merge()
    late.expire()
    for store in [here, there] {
      for name in ["old", "a", "b", "c", "d", "e", "f", "g", "h"] {
        #expect(try store.result(key(name)) == record(name))
      }
      #expect(try store.census().steps.count == 9)
    }
  }

  /// A lease is asked of the server: of two hosts one gets it, even when the other's is not to be seen.
  @Test func `one of two hosts alone gets a lease`() throws {
    let (here, there, late) = try hosts()
    _ = try here.lease(key("z"))
    #expect(try there.sighting(of: key("z")) != nil)
    let lease = try #require(try here.lease(key("a")))
    #expect(try there.sighting(of: key("a")) == nil, "it is not to be seen yet")
    #expect(try there.lease(key("a")) == nil)
    #expect(try there.sighting(of: key("a")) == here.sighting(of: key("a")), "its name is known now, if not listed")
    late.expire()
    #expect(try there.sighting(of: key("a")) != nil)
    lease.release()
    late.expire()
    #expect(try there.lease(key("a")) != nil)
  }

  /// A pre-image that is not to be seen yet is there after a while: the worker waits for it.
  @Test func `a pre-image that is seen late is waited for`() throws {
    let (here, there, late) = try hosts()
    try here.keep(identity: identity("first"), sources: [:])
    _ = try there.identity(identity("first").key)
    try here.close()
    try here.keep(identity: identity("second"), sources: [:])
    _ = try there.identity(identity("second").key)
    late.expire()
    #expect(try there.identity(identity("second").key)?.identity == identity("second"))
    #expect(try there.identity(identity("first").key)?.identity == identity("first"))
  }
}
