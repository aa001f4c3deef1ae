import Artifacts
import Glibc
import Stores
import Testing

@testable import Files
@testable import Packs
@testable import Space

@Suite struct FsckTests {
  private func filled(_ backend: Backend) throws -> TestStore {
    let test = try TestStore(backend)
    try test.store.put(noise(1000))
    try test.store.put(noise(200_000))
    _ = try test.store.publish(record("a"), key("s"))
    _ = try test.store.publish(record("b"), key("s"))
    try test.store.keep(identity: identity("a"), sources: [:])
    let segments = SegmentFolder(test.store, training("train"), scratch: test.scratch)
    try segments.save(step: 1) { create in
      let writer = try create("own")
      try writer.write([1, 2, 3])
      try writer.close()
    }
    return test
  }

  @Test(arguments: Backend.allCases) func `a sound store has no problems`(_ backend: Backend) throws {
    let test = try filled(backend)
    var seen = 0
    let report = try test.store.fsck { seen = max(seen, $0) }
    #expect(report.problems.isEmpty)
    #expect([report.objects, report.results, report.preimages, report.segments] == [2, 2, 1, 1])
    #expect(seen == 5)
  }

  /// Damage to any file is found, and the second look finds a sound store.
  @Test(arguments: Backend.allCases) func `damage to any file is found and set aside`(_ backend: Backend) throws {
    let saved = training("train")
    let folder = "partial/\(saved.key)/\(saved.step.key)"
    let targets = [
      "objects/\(Digest.of(noise(1000)).hex.prefix(2))/\(Digest.of(noise(1000)).hex.dropFirst(2))",
      folder + "/1-\(saved.segmentKey(step: 1))", folder + "/blocks/\(Digest.of([1, 2, 3] as [UInt8]))",
    ]
    for target in targets {
      let test = try filled(backend)
      try test.damage(test.store.root + "/" + target, at: 10)
      let report = try test.store.fsck()
      #expect(report.problems.map(\.path) == [target])
      #expect(report.problems.filter { !$0.isQuarantined }.isEmpty)
      #expect(test.events.all.count == 1)
      #expect(try test.store.fsck().problems.isEmpty)
    }
  }

  /// An entry of a pack is set aside alone.
  @Test(arguments: Backend.allCases) func `a damaged entry of a pack is set aside alone`(_ backend: Backend) throws {
    for folder in ["results", "preimages"] {
      let test = try filled(backend)
      try test.store.merge()
      let name = try #require(try test.store.files.names("\(test.store.root)/\(folder)").first)
      try test.damage("\(test.store.root)/\(folder)/\(name)", at: 10)
      let report = try test.reopened().fsck()
      #expect(report.problems.map(\.path) == ["\(folder)/\(name)@0"])
      #expect(report.results == (folder == "results" ? 1 : 2))
      #expect(test.events.all.count == 1)
      #expect(try test.reopened().fsck().problems.isEmpty)
      #expect(try test.store.files.names(test.store.root + "/quarantine").count == 1)
    }
  }

  @Test(arguments: Backend.allCases) func `strange files are left alone`(_ backend: Backend) throws {
    let test = try filled(backend)
    let root = test.store.root
    try test.store.files.makeFolder(root + "/objects/zz")
    for path in ["notes", "objects/zz/x", "results/zz", "tmp/mine", "partial/x"] {
      try test.store.files.create(root + "/" + path, .writable).close()
    }
    let report = try test.store.fsck()
    #expect(report.problems.map(\.path) == ["objects/zz/x", "results/zz", "partial/x", "tmp/mine", "notes"])
    #expect(report.problems.filter(\.isQuarantined).isEmpty)
    #expect(try test.store.files.contains(root + "/notes"))
  }

  /// Temporary files go only when their process is known to be gone.
  @Test(arguments: Backend.allCases) func `temporary files go only when their process is gone`(_ backend: Backend)
    throws
  {
    let test = try filled(backend)
    let writer = try test.store.writer()
    let own = try #require(try test.store.files.names(test.store.root + "/tmp").first)
    var parts = own.split(separator: "~").map(String.init)
    parts[3] = "1"
    let reused = parts.joined(separator: "~")
    parts[0] = "elsewhere"
    let foreign = parts.joined(separator: "~")
    for name in [reused, foreign] { try test.store.files.create(test.store.root + "/tmp/" + name, .readOnly).close() }
    let report = try test.store.fsck()
    #expect(report.removedTemporaries == 1)
    #expect(report.temporaries == 2)
    #expect(try test.store.files.names(test.store.root + "/tmp").contains(own))
    #expect(try !test.store.files.names(test.store.root + "/tmp").contains(reused))
    try writer.write([1])
    _ = try writer.commit()
  }
}
