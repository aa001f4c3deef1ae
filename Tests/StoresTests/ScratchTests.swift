import Glibc
import Stores
import Testing

@testable import Files

/// A scratch folder that one execution leaves to the next.
@Suite struct ScratchTests {
  private static let kept = ["step", "step/outputs"]
  private let test: TestStore
  private let scratch: ScratchFolder
  private let disk = DiskFileSystem()

  init() throws {
    test = try TestStore(.disk)
    scratch = try ScratchFolder(in: test.store)
    for folder in Self.kept { try disk.makeFolder(scratch.path + "/" + folder) }
  }

  private func write(_ path: String) throws {
    let file = try disk.create(scratch.path + "/" + path, .readOnly)
    try file.close()
  }

  /// All that is in it, ascending.
  private func content(_ folder: String = "") throws -> [String] {
    try disk.names(scratch.path + "/" + folder).flatMap { name in
      let path = folder.isEmpty ? name : folder + "/" + name
      return [path] + (try disk.status(scratch.path + "/" + path).isFolder ? content(path) : [])
    }
  }

  @Test func `folders that are kept are emptied`() throws {
    for folder in ["a", "step/outputs/b", "step/outputs/b/c"] { try disk.makeFolder(scratch.path + "/" + folder) }
    for file in ["x", "a/x", "step/x", "step/outputs/x", "step/outputs/b/c/x"] { try write(file) }
    #expect(scratch.clear(keeping: Self.kept))
    #expect(try content() == Self.kept)
    #expect(scratch.clear(keeping: []))
    #expect(try content() == [])
    scratch.remove()
    #expect(try !disk.contains(scratch.path))
  }

  /// A command may put something else in the place of a folder: nothing outside is touched.
  @Test func `a folder that is no more as it was made goes`() throws {
    let outside = test.folder.path + "/outside"
    try disk.makeFolder(outside)
    try disk.create(outside + "/precious", .writable).close()
    try disk.remove(scratch.path + "/step/outputs")
    #expect(symlink(outside, scratch.path + "/step/outputs") == 0)
    #expect(scratch.clear(keeping: Self.kept))
    #expect(try content() == ["step"])
    #expect(try disk.names(outside) == ["precious"])
    try disk.makeFolder(scratch.path + "/step/outputs")
    #expect(chmod(scratch.path + "/step/outputs", 0o555) == 0)
    #expect(scratch.clear(keeping: Self.kept))
    #expect(try content() == ["step"])
  }

  @Test func `a scratch folder that is gone is not clear`() throws {
    scratch.remove()
    #expect(!scratch.clear(keeping: Self.kept))
  }
}
