import Artifacts
import Files
import Glibc
import TestSupport
import Testing

@testable import Remotes

/// A folder in which any operation may fail, or be the last one.
@Suite struct FaultTests {
  private static let first = noise(5000, seed: 1)
  private static let second = noise(300_000, seed: 2)
  private static let manifest = Array("{\"a\":1}".utf8)

  private static func remote(_ files: any FileSystem) throws -> any Remote {
    try RemoteAddress.open("file:/lab/remote", environment: [:], agent: "test", files: files)
  }

  private static func work(_ files: any FileSystem) throws {
    let remote = try remote(files)
    for bytes in [first, second] {
      try remote.put(.of(bytes), size: bytes.count, { MemoryReader(bytes[...]) }, progress: { _ in })
    }
    try remote.publish("p-a", manifest)
    try remote.publish("p-b", manifest)
    try remote.removeTag("p-b")
  }

  private static func files() throws -> MemoryFileSystem {
    let files = MemoryFileSystem()
    try files.makeFolder("/lab")
    try files.synchronize(folder: "/")
    return files
  }

  /// All that has a name is whole, and a push that is named has all its blobs.
  private static func check(_ files: any FileSystem, _ moment: String) throws {
    let remote = try remote(files)
    for bytes in [first, second] where try remote.holds(.of(bytes), size: bytes.count) {
      #expect(try remote.read(.of(bytes), 0..<bytes.count) == bytes, "\(moment)")
    }
    for blob in try remote.blobs() ?? [] {
      #expect(try Digest.of(remote.read(blob.digest, 0..<blob.size)) == blob.digest, "\(moment)")
    }
    for tag in try remote.tags() {
      #expect(try remote.manifest(tag) == manifest, "\(moment)")
      for blob in [first, second, manifest, LayoutIndex.empty] {
        #expect(try remote.holds(.of(blob), size: blob.count), "\(moment)")
      }
    }
    if let index = try files.contents("/lab/remote/index.json") { _ = try LayoutIndex(decoding: index) }
  }

  private static var operations: Int {
    get throws {
      let files = FailingFileSystem(try files())
      try work(files)
      return files.operations
    }
  }

  @Test func `a crash at any operation leaves a sound folder, and the next push ends the work`() throws {
    let total = try Self.operations
    print("figure: \(total) file operations of two blobs and two pushes in a folder")
    for at in 0..<total {
      let files = try Self.files()
      #expect(throws: (any Error).self) { try Self.work(FailingFileSystem(files, .crash(at: at))) }
      try Self.check(files, "crash at \(at)")
      try Self.work(files)
      #expect(try Self.remote(files).tags() == ["p-a"])
      try Self.check(files, "after a crash at \(at)")
    }
  }

  @Test func `a power failure at any operation leaves a sound folder`() throws {
    for at in 0..<(try Self.operations) {
      for keepingNames in [true, false] {
        let files = try Self.files()
        try? Self.work(FailingFileSystem(files, .crash(at: at)))
        files.losePower(keepingNames: keepingNames)
        try Self.check(files, "power at \(at)")
      }
    }
  }

  @Test(arguments: [ENOSPC, EIO, EACCES]) func `one error at any operation is told`(_ code: Int32) throws {
    for at in 0..<(try Self.operations) {
      let files = try Self.files()
      #expect(throws: (any Error).self, "\(at)") { try Self.work(FailingFileSystem(files, .once(at: at, code: code))) }
      try Self.check(files, "error \(code) at \(at)")
    }
  }

  @Test func `an index that cannot be read stops no push`() throws {
    let files = try Self.files()
    try Self.work(files)
    files.damage("/lab/remote/index.json") { $0 = [1, 2, 3] }
    try Self.remote(files).publish("p-c", Self.manifest)
    #expect(try Self.remote(files).tags() == ["p-a", "p-c"])
    let index = try LayoutIndex(decoding: files.contents("/lab/remote/index.json") ?? [])
    #expect(index.entries.keys.sorted() == ["p-a", "p-c"])
    #expect(index.entries["p-a"] == .init(digest: .of(Self.manifest), size: Self.manifest.count))
  }

  @Test func `a remote that is only read is not written`() throws {
    let files = try Self.files()
    try Self.work(files)
    let remote = try RemoteAddress.open(
      "file:/lab/remote", isReadOnly: true, environment: [:], agent: "test", files: files)
    let paths = files.paths
    for body in [
      { _ = try remote.put([1]) }, { try remote.publish("p-x", []) }, { try remote.removeTag("p-a") },
      { try remote.remove(.of([])) },
    ] as [() throws -> Void] {
      #expect(failure(body) == .readOnly("file:/lab/remote"))
    }
    #expect(files.paths == paths && remote.isReadOnly)
  }
}
