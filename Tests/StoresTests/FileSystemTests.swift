import Glibc
import Stores
import TestSupport
import Testing

@testable import Files

/// The duties of every file system: run over each.
@Suite struct FileSystemTests {
  private func write(_ files: any FileSystem, _ path: String, _ text: String) throws {
    let file = try files.create(path, .readOnly)
    try Array(text.utf8).withUnsafeBytes { try file.write($0) }
    try file.synchronize()
    try file.close()
  }

  private func code(_ body: () throws -> Void) -> Int32? {
    do { try body() } catch StoreError.io(_, _, let code) { return code } catch { return -1 }
    return nil
  }

  @Test(arguments: Backend.allCases) func `files have the names and bytes that were written`(_ backend: Backend) throws
  {
    let (files, root, folder) = backend.make()
    defer { withExtendedLifetime(folder) {} }
    #expect(code { try files.makeFolder(root + "/a") } == ENOENT)
    try files.makeFolder(root)
    #expect(code { try files.makeFolder(root) } == EEXIST)
    try write(files, root + "/b", "hello")
    try write(files, root + "/a", "")
    #expect(code { _ = try files.create(root + "/a", .readOnly) } == EEXIST)
    #expect(code { _ = try files.create(root + "/none/a", .readOnly) } == ENOENT)
    #expect(try files.names(root) == ["a", "b"])
    #expect(code { _ = try files.names(root + "/none") } == ENOENT)
    #expect(code { _ = try files.open(root + "/none") } == ENOENT)
    #expect(try files.contents(root + "/none") == nil)
    #expect(try files.contents(root + "/b/none") == nil)
    #expect(code { _ = try files.status(root + "/none") } == ENOENT)
    #expect(code { try files.remove(root + "/none") } == ENOENT)
    #expect(try files.contains(root + "/b"))
    #expect(try !files.contains(root + "/none/b"))
    #expect(try files.contents(root + "/b") == Array("hello".utf8))
    #expect(try files.contents(root + "/a") == [])
    #expect(try files.status(root).isFolder)
    #expect(try files.status(root + "/b").size == 5)
    #expect(try files.status(root + "/b").inode != files.status(root + "/a").inode)
    #expect(try files.status(root + "/b") == files.open(root + "/b").status())
    try files.synchronize(folder: root)
  }

  @Test(arguments: Backend.allCases) func `files are moved, and replaced only where asked`(_ backend: Backend) throws {
    let (files, root, folder) = backend.make()
    defer { withExtendedLifetime(folder) {} }
    try files.makeFolder(root)
    try write(files, root + "/a", "one")
    try write(files, root + "/b", "two")
    #expect(code { try files.move(root + "/a", to: root + "/b", replacing: false) } == EEXIST)
    #expect(try files.contents(root + "/b") == Array("two".utf8))
    #expect(code { try files.move(root + "/a", to: root + "/none/b", replacing: false) } == ENOENT)
    #expect(code { try files.move(root + "/none", to: root + "/c", replacing: true) } == ENOENT)
    try files.move(root + "/a", to: root + "/c", replacing: false)
    #expect(try files.names(root) == ["b", "c"])
    try files.move(root + "/c", to: root + "/b", replacing: true)
    #expect(try files.names(root) == ["b"])
    #expect(try files.contents(root + "/b") == Array("one".utf8))
    #expect(code { try files.remove(root) } == ENOTEMPTY)
    try files.remove(root + "/b")
    try files.remove(root)
    #expect(try !files.contains(root))
  }

  @Test(arguments: Backend.allCases) func `files are appended to, and read in pieces`(_ backend: Backend) throws {
    let (files, root, folder) = backend.make()
    defer { withExtendedLifetime(folder) {} }
    try files.makeFolder(root)
    for part in ["ab", "", "cde"] {
      let file = try files.append(root + "/log")
      try Array(part.utf8).withUnsafeBytes { try file.write($0) }
      try file.close()
    }
    let file = try files.open(root + "/log")
    try files.remove(root + "/log")
    var buffer: [UInt8] = [0, 0, 0]
    #expect(try buffer.withUnsafeMutableBytes { try file.read(into: $0) } == 3)
    #expect(buffer == Array("abc".utf8))
    #expect(try buffer.withUnsafeMutableBytes { try file.read(into: $0) } == 2)
    #expect(try buffer.withUnsafeMutableBytes { try file.read(into: $0) } == 0)
    for count in [1 << 14, (1 << 14) + 1, 100_000] {
      let bytes = noise(count)
      let file = try files.create("\(root)/\(count)", .readOnly)
      try bytes.withUnsafeBytes { try file.write($0) }
      try file.close()
      #expect(try files.contents("\(root)/\(count)") == bytes)
    }
  }

  /// Tables of the kernel come in pieces of a page, which are not their end.
  @Test func `contents that come in pieces are read whole`() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    let writer = Thread {
      let file = Glibc.open(path, O_WRONLY)
      for seed in 1...5 {
        _ = noise(4000, seed: UInt64(seed)).withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        usleep(20_000)
      }
      close(file)
    }
    let bytes = try DiskFileSystem().contents(path)
    writer.join()
    #expect(bytes == (1...5).flatMap { noise(4000, seed: UInt64($0)) })
  }

  @Test func `shared file systems are told from local ones`() {
    let local = (0..<400).map { "\($0) 1 0:\($0) / /mnt/local\($0) rw,relatime shared:\($0) - ext4 /dev/sda\($0) rw\n" }
    let mounts =
      "1 0 0:1 / / rw - overlay overlay rw\n" + local.joined()
        + """
        500 1 0:50 / /mnt/share rw,relatime shared:1 master:2 - nfs4 server:/export rw,vers=4.2
        501 1 0:51 / /mnt/my\\040data rw - lustre server:/export rw
        502 500 0:52 / /mnt/share/scratch rw - xfs /dev/sdb rw
        503 1 0:53 / /vm rw - virtiofs share rw
        504 1 0:54 / /sshfs rw - fuse.sshfs user@host: rw

        """
    #expect(mounts.utf8.count > 1 << 14)
    for (place, isShared) in [
      ("/", false), ("/home/lab/cache", false), ("/mnt/local7/cache", false), ("/mnt/share", true),
      ("/mnt/share/lab/cache", true), ("/mnt/shared/cache", false), ("/mnt/share/scratch/cache", false),
      ("/mnt/my data/cache", true), ("/vm/cache", true), ("/sshfs/cache", true),
    ] { #expect(SharedFileSystems.has(place, mounts: mounts) == isShared, "\(place)") }
  }

  @Test(arguments: Backend.allCases) func `a folder is removed with all that is in it`(_ backend: Backend) throws {
    let (files, root, folder) = backend.make()
    defer { withExtendedLifetime(folder) {} }
    try files.makeFolder(root)
    for name in ["a", "a/b", "a/b/c", "a/empty"] { try files.makeFolder(root + "/" + name) }
    for name in ["a/1", "a/b/2", "a/b/c/3", "other"] { try write(files, root + "/" + name, "x") }
    #expect(try files.removeAll(root + "/a"))
    #expect(try files.names(root) == ["other"])
    #expect(try files.removeAll(root + "/other") && files.removeAll(root + "/none"))
    #expect(try files.names(root) == [])
  }

  @Test(arguments: Backend.allCases) func `a touched file is newer and otherwise the same`(_ backend: Backend) throws {
    let (files, root, folder) = backend.make()
    defer { withExtendedLifetime(folder) {} }
    try files.makeFolder(root)
    try write(files, root + "/a", "one")
    let before = try files.status(root + "/a")
    usleep(20_000)
    for files in [files, FailingFileSystem(files)] as [any FileSystem] { try files.touch(root + "/a") }
    let after = try files.status(root + "/a")
    #expect(after.modified > before.modified && after.changed > before.changed)
    #expect(after.inode == before.inode && after.size == 3)
    #expect(code { try files.touch(root + "/none") } == ENOENT)
    let failing = FailingFileSystem(files, .once(at: 0, code: EIO))
    #expect(code { try failing.touch(root + "/a") } == EIO)
  }

  @Test func `the memory file system loses bytes that were not synchronized`() throws {
    let files = MemoryFileSystem()
    try files.makeFolder("/d")
    try files.synchronize(folder: "/")
    try write(files, "/d/a", "one")
    files.losePower(keepingNames: false)
    #expect(files.paths == ["/", "/d/"])
    let file = try files.create("/d/b", .readOnly)
    try [1, 2].withUnsafeBytes { try file.write($0) }
    try files.synchronize(folder: "/d")
    files.losePower(keepingNames: false)
    #expect(try files.contents("/d/b") == [])
  }

  @Test func `the failing file system follows its script`() throws {
    let files = FailingFileSystem(MemoryFileSystem(), .once(at: 1, code: ENOSPC))
    try files.makeFolder("/a")
    #expect(throws: StoreError.full(path: "/b")) { try files.makeFolder("/b") }
    try files.makeFolder("/b")
    #expect(files.operations == 3)
    let memory = MemoryFileSystem()
    let crashing = FailingFileSystem(memory, .crash(at: 1))
    let file = try crashing.create("/a", .readOnly)
    #expect(throws: StoreError.self) { try [UInt8](repeating: 1, count: 4).withUnsafeBytes { try file.write($0) } }
    #expect(throws: StoreError.self) { try crashing.remove("/a") }
    #expect(try memory.contents("/a") == [1, 1])
  }
}
