import Artifacts
import Compression
import Glibc
import Stores
import Synchronization
import Testing

@testable import Files

@Suite struct InputTests {
  /// Gives a file the time `seconds` before now, as if it had been written then.
  private func age(_ path: String, seconds: Int) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var times = [
      timespec(tv_sec: now.tv_sec - seconds, tv_nsec: 5), timespec(tv_sec: now.tv_sec - seconds, tv_nsec: 5),
    ]
    #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
  }

  @Test(arguments: Backend.allCases) func `a file is stored when it is imported, not before`(_ backend: Backend) throws
  {
    let test = try TestStore(backend)
    let cache = StatCache(test.store)
    let bytes = noise(100_000)
    let path = try test.folder.write("input", bytes)
    #expect(try test.store.digest(ofFile: path, cache).digest == Digest.of(bytes))
    #expect(try !test.store.contains(.of(bytes)))
    let content = try test.store.importFile(path, cache)
    #expect(content.digest == Digest.of(bytes) && content.size == bytes.count)
    #expect(try test.store.bytes(content.digest, size: content.size) == bytes)
    #expect(throws: StoreError.self) { try test.store.importFile(test.folder.path + "/none", cache) }
    #expect(throws: StoreError.self) { try test.store.importFile(test.folder.path, cache) }
  }

  /// Compression is no part of content: plain, gzip and zstd files of the same bytes are one artifact.
  @Test func `compression is no part of the content`() throws {
    let test = try TestStore(.memory)
    let cache = StatCache(test.store)
    final class Collected: ByteWriter {
      var bytes: [UInt8] = []
      func write(_ more: UnsafeRawBufferPointer) throws { bytes += more }
      func close() throws {}
    }
    let collected = Collected()
    let encoder = ZstdEncoder(into: collected)
    try encoder.write("hello\n")
    try encoder.close()
    let gzip: [UInt8] = [
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 0x02, 0x00,
      0x20, 0x30, 0x3a, 0x36, 0x06, 0x00, 0x00, 0x00,
    ]
    for (name, bytes) in [("a", Array("hello\n".utf8)), ("b", gzip), ("c", collected.bytes)] {
      let content = try test.store.importFile(try test.folder.write(name, bytes), cache)
      #expect(content.digest == key("hello\n") && content.size == 6)
    }
    let cut = try test.folder.write("cut", Array(gzip.dropLast(3)))
    #expect(throws: InputError.self) { try test.store.digest(ofFile: cut, cache) }
    #expect(throws: InputError.self) { try test.store.importFile(cut, cache) }
    #expect(try test.store.files.names("/store/tmp") == [])
  }

  @Test(arguments: Backend.allCases) func `files are imported as a tree`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let cache = StatCache(test.store)
    let files = [
      (name: "train.csv", path: try test.folder.write("1", Array("a,b\n".utf8))),
      (name: "dev.csv", path: try test.folder.write("2", noise(9000))),
    ]
    let manifest = try test.store.manifest(ofFiles: files, cache)
    #expect(try !test.store.contains(.of(manifest.encoded())))
    #expect(try test.store.importTree(files, cache) == manifest)
    let reference = ArtifactReference(
      kind: .labelledSequences, format: "gue", options: [:], layout: .tree, digest: .of(manifest.encoded()),
      size: manifest.encoded().count)
    let read = try test.store.artifact(reference, sources: [:], scratch: test.scratch)
    #expect(try read.names == ["dev.csv", "train.csv"])
    #expect(try read.bytes("dev.csv") == noise(9000))
    #expect(throws: OutputError.self) { try test.store.importTree([(name: "../x", path: files[0].path)], cache) }
  }

  /// A file is read again unless it is known, and only a file that had been left alone for a while becomes known.
  @Test func `only quiet files are trusted`() throws {
    let test = try TestStore(.disk)
    let path = try test.folder.write("input", Array("aaaa".utf8))
    let cache = StatCache(test.store)
    #expect(try test.store.digest(ofFile: path, cache).digest == key("aaaa"))
    cache.save()
    #expect(try !test.store.files.contains(test.store.root + "/stat-cache"), "a file written just now is not trusted")
    // The time of change cannot be set back, so wait until the file is quiet.
    usleep(2_100_000)
    let later = StatCache(test.store)
    #expect(try test.store.digest(ofFile: path, later).digest == key("aaaa"))
    later.save()
    #expect(try test.store.files.contains(test.store.root + "/stat-cache"))
    // Another process knows it without reading: a file of the same status is not opened.
    let other = StatCache(test.store)
    #expect(chmod(path, 0) == 0 && chmod(path, 0o644) == 0)
    #expect(try test.store.digest(ofFile: path, other).digest == key("aaaa"))
    // The size is the same and the time of modification old: the time of change tells.
    let file = try #require(fopen(path, "r+"))
    fputs("bbbb", file)
    fclose(file)
    age(path, seconds: 1000)
    #expect(try test.store.digest(ofFile: path, other).digest == key("bbbb"))
    #expect(try test.store.importFile(path, StatCache(test.store)).digest == key("bbbb"))
  }

  /// Whether a file is quiet is told by the clock of its file system: here it is five minutes behind this host's, so a
  /// file that this host takes for old has been written just now.
  @Test func `a file is quiet by the clock of its file system`() throws {
    let test = try TestStore(.disk)
    let path = try test.folder.write("input", Array("aaaa".utf8))
    usleep(2_100_000)
    let late = try Store(root: test.store.root, fileSystem: LateClock(), create: false)
    let cache = StatCache(late)
    #expect(try late.digest(ofFile: path, cache).digest == key("aaaa"))
    cache.save()
    #expect(try !test.store.files.contains(test.store.root + "/stat-cache"))
    let right = StatCache(test.store)
    #expect(try test.store.digest(ofFile: path, right).digest == key("aaaa"))
    right.save()
    #expect(try test.store.files.contains(test.store.root + "/stat-cache"))
  }

  @Test func `a damaged cache counts as empty`() throws {
    let test = try TestStore(.disk)
    let cachePath = test.store.root + "/stat-cache"
    let path = try test.folder.write("input", Array("aaaa".utf8))
    usleep(2_100_000)
    let cache = StatCache(test.store)
    _ = try test.store.digest(ofFile: path, cache)
    cache.save()
    let length = try #require(try test.store.files.contents(cachePath)).count
    for offset in 0..<length {
      try test.damage(cachePath, at: offset)
      #expect(try test.store.digest(ofFile: path, StatCache(test.store)).digest == key("aaaa"))
      try test.damage(cachePath, at: offset)
    }
    try test.overwrite(cachePath, [])
    #expect(try test.store.digest(ofFile: path, StatCache(test.store)).digest == key("aaaa"))
  }

  /// A file that grows while it is read is reported, and nothing of it is stored.
  @Test func `changes while reading are seen`() throws {
    let test = try TestStore(.disk)
    let path = test.folder.path + "/pipe"
    // Reading from a file that this reader's own progress changes: a store whose temporary files are the input's
    // folder.
    let bytes = noise(4_000_000)
    _ = try test.folder.write("pipe", bytes)
    let isOver = Mutex(false)
    let writer = Thread {
      while !isOver.withLock({ $0 }) {
        let file = open(path, O_WRONLY | O_APPEND)
        _ = write(file, "x", 1)
        close(file)
        usleep(500)
      }
    }
    var changed = 0
    for _ in 0..<5 {
      do { _ = try test.store.importFile(path, StatCache(test.store)) } catch StoreError.changed(path) { changed += 1 }
    }
    isOver.withLock { $0 = true }
    writer.join()
    #expect(changed > 0)
    #expect(try test.store.files.names(test.store.root + "/tmp") == [])
  }
}

/// A disk whose clock gives new files a time of five minutes ago.
private struct LateClock: FileSystem {
  private let base = DiskFileSystem()
  func create(_ path: String, _ mode: FileMode) throws(StoreError) -> any OpenFile {
    LateFile(base: try base.create(path, mode))
  }
  func open(_ path: String) throws(StoreError) -> any OpenFile { try base.open(path) }
  func append(_ path: String) throws(StoreError) -> any OpenFile { try base.append(path) }
  func contents(_ path: String) throws(StoreError) -> [UInt8]? { try base.contents(path) }
  func contains(_ path: String) throws(StoreError) -> Bool { try base.contains(path) }
  func status(_ path: String) throws(StoreError) -> FileStatus { try base.status(path) }
  func names(_ folder: String) throws(StoreError) -> [String] { try base.names(folder) }
  func makeFolder(_ path: String) throws(StoreError) { try base.makeFolder(path) }
  func makeWritable(folder: String) throws(StoreError) { try base.makeWritable(folder: folder) }
  func move(_ path: String, to target: String, replacing: Bool) throws(StoreError) {
    try base.move(path, to: target, replacing: replacing)
  }
  func remove(_ path: String) throws(StoreError) { try base.remove(path) }
  func touch(_ path: String) throws(StoreError) { try base.touch(path) }
  func synchronize(folder: String) throws(StoreError) { try base.synchronize(folder: folder) }

  private final class LateFile: OpenFile {
    private let base: any OpenFile
    init(base: any OpenFile) { self.base = base }
    func status() throws(StoreError) -> FileStatus {
      var status = try base.status()
      status.modified -= 300 * 1_000_000_000
      status.changed -= 300 * 1_000_000_000
      return status
    }
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int { try base.read(into: buffer) }
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) -> Int {
      try base.read(into: buffer, at: offset)
    }
    func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) { try base.write(bytes) }
    func synchronize() throws(StoreError) { try base.synchronize() }
    func close() throws(StoreError) { try base.close() }
  }
}

/// A plain thread.
final class Thread {
  private var handle = pthread_t()
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  init(_ run: @escaping @Sendable () -> Void) {
    let body = Unmanaged.passRetained(Body(run)).toOpaque()
    pthread_create(
      &handle, nil,
      {
        Unmanaged<Body>.fromOpaque($0!).takeRetainedValue().run(); return nil
      }, body)
  }
  func join() { pthread_join(handle, nil) }
}
