import Artifacts
import Glibc
import Stores
import TestSupport
import Testing

@testable import Files
@testable import Space

/// The traces that a store leaves when operations fail, at every operation of a whole sequence of work.
@Suite struct FaultTests {
  /// Goes on from the state of another step.
  private static let branch: TrainingIdentity = {
    var step = identity("train")
    step.horizon = ["steps": .int(30)]
    return TrainingIdentity(step)
  }()

  /// Everything that writes, in one sequence. Safe to be repeated.
  private static func work(_ files: any FileSystem) throws {
    let store = try Store(root: "/lab/store", fileSystem: files, create: true)
    let outputs = StepOutputs(store, declaration: declaration)
    try outputs.write("file", "", noise(9000))
    try outputs.write("tree", "small", [1, 2, 3])
    try outputs.write("tree", "large", noise(5000))
    let finished = try outputs.finish()
    try store.keep(identity: identity("a"), sources: [key("x"): key("y")])
    _ = try store.publish(
      ResultRecord(outcome: .outputs(finished), environment: [:], finished: 1, duration: 1, peakMemory: 1), key("step"))
    _ = try store.publish(record("a"), key("other"))
    _ = try store.publish(record("b"), key("other"))
    let segments = SegmentFolder(store, training("train"), scratch: "/none")
    for step in [1, 2, 3] {
      try segments.save(step: step) { create in
        let writer = try create("own")
        try writer.write(noise(500, seed: UInt64(step)))
        try writer.close()
      }
    }
    try segments.finish()
    let branch = SegmentFolder(store, Self.branch, scratch: "/none")
    _ = try branch.newest(atOrBefore: 9)
    try branch.finish()
    let log = try store.newRun()
    try log.append("line")
    try store.merge()
  }

  /// All that is visible is whole: every reader gets right bytes or nothing, and nothing is ever quarantined.
  private static func check(_ files: MemoryFileSystem, _ note: String) throws {
    let events = TestStore.Events()
    guard try files.contains("/lab/store/FORMAT") else { return }
    let store = try Store(root: "/lab/store", fileSystem: files, create: false) { events.add($0) }
    for bytes in [noise(9000), noise(5000)] where try store.contains(.of(bytes)) {
      #expect(try store.bytes(.of(bytes), size: bytes.count) == bytes, "\(note)")
    }
    if let record = try store.result(key("step")), case .outputs(let outputs) = record.outcome {
      for output in outputs.values {
        #expect(try store.holds(output), "\(note)")
        let sources = [output.artifact.digest: key("step")]
        let read = try store.artifact(output.artifact, sources: sources, scratch: "/none")
        for name in try read.names { _ = try read.bytes(name) }
      }
    }
    let other = try store.result(key("other"))
    #expect(other == nil || other == record("a") || other == record("b"), "\(note)")
    let kept = try store.identity(identity("a").key)
    #expect(kept == nil || kept!.identity == identity("a"), "\(note)")
    let segments = SegmentFolder(store, training("train"), scratch: "/none")
    if let newest = try segments.newest(atOrBefore: 3) {
      #expect(try newest.state.bytes("own") == noise(500, seed: UInt64(newest.step)), "\(note)")
    }
    let report = try store.fsck()
    #expect(report.problems.isEmpty, "\(note): \(report.problems)")
    #expect(events.all.isEmpty, "\(note): \(events.all)")
  }

  private static func finishes(_ files: MemoryFileSystem, _ note: String) throws {
    try work(files)
    try check(files, note)
    let store = try Store(root: "/lab/store", fileSystem: files, create: false)
    #expect(try store.result(key("other")) == record("b"), "\(note)")
    #expect(try store.contains(.of(noise(9000))), "\(note)")
    let segments = SegmentFolder(store, training("train"), scratch: "/none")
    #expect(try segments.newest(atOrBefore: 3)?.step == 3, "\(note)")
  }

  private static var operations: Int {
    get throws {
      let counting = FailingFileSystem(try memory())
      try work(counting)
      return counting.operations
    }
  }

  private static func memory() throws -> MemoryFileSystem {
    let files = MemoryFileSystem()
    try files.makeFolder("/lab")
    try files.synchronize(folder: "/")
    return files
  }

  /// The process dies in each operation in turn; then the next one finds a sound store and finishes the work.
  @Test func `a crash at any operation leaves a sound store`() throws {
    let total = try Self.operations
    print("figure: \(total) file operations in the sequence")
    for at in 0..<total {
      let files = try Self.memory()
      #expect(throws: (any Error).self, "crash at \(at)") { try Self.work(FailingFileSystem(files, .crash(at: at))) }
      try Self.check(files, "crash at \(at)")
      try Self.finishes(files, "after a crash at \(at)")
    }
  }

  /// The power fails in each operation: bytes that were not synchronized are gone, with or without their names.
  @Test(arguments: [true, false]) func `a power failure at any operation leaves a sound store`(keepingNames: Bool)
    throws
  {
    for at in 0..<(try Self.operations) {
      let files = try Self.memory()
      try? Self.work(FailingFileSystem(files, .crash(at: at)))
      files.losePower(keepingNames: keepingNames)
      // A temporary file may be cut off; a final name may be missing, never wrong.
      try Self.check(files, "power at \(at)")
      try Self.finishes(files, "after power at \(at)")
    }
  }

  /// Work that is said to be done survives a power failure right after.
  @Test func `work that is told to be done is durable`() throws {
    for keepingNames in [true, false] {
      let files = try Self.memory()
      try Self.work(files)
      files.losePower(keepingNames: keepingNames)
      let store = try Store(root: "/lab/store", fileSystem: files, create: false)
      #expect(try store.contains(.of(noise(9000))) && store.contains(.of(noise(5000))))
      #expect(try store.result(key("step")) != nil)
      #expect(try store.result(key("other")) == record("b"))
      #expect(try store.identity(identity("a").key) != nil)
      #expect(try SegmentFolder(store, training("train"), scratch: "/none").newest(atOrBefore: 9)?.step == 3)
    }
  }

  /// One operation fails with an error of the environment: it is reported as such, and nothing is damaged.
  @Test(arguments: [ENOSPC, EIO]) func `one error at any operation is told and damages nothing`(code: Int32) throws {
    var swallowed: [Int] = []
    for at in 0..<(try Self.operations) {
      let files = try Self.memory()
      do {
        try Self.work(FailingFileSystem(files, .once(at: at, code: code)))
        swallowed.append(at)
      } catch let error as StoreError {
        let expected = StoreError.of(code, "", "")
        #expect(Mirror(reflecting: error).children.first?.label == Mirror(reflecting: expected).children.first?.label)
      }
      try Self.check(files, "error \(code) at \(at)")
      try Self.finishes(files, "after error \(code) at \(at)")
    }
    #expect(swallowed.isEmpty)
  }

  @Test func `a store on a full disk stays sound`() throws {
    for from in 0..<(try Self.operations) {
      let files = try Self.memory()
      #expect(throws: StoreError.self) { try Self.work(FailingFileSystem(files, .always(from: from, code: ENOSPC))) }
      try Self.check(files, "full from \(from)")
      try Self.finishes(files, "after full from \(from)")
    }
  }

  /// A store that cannot be written still serves, and damage there is never returned either.
  @Test func `a store that cannot be written still serves`() throws {
    let files = try Self.memory()
    try Self.work(files)
    final class ReadOnly: FileSystem {
      let base: MemoryFileSystem
      init(_ base: MemoryFileSystem) { self.base = base }
      func open(_ path: String) throws(StoreError) -> any OpenFile { try base.open(path) }
      func create(_ path: String, _ mode: FileMode) throws(StoreError) -> any OpenFile { throw .readOnly(path: path) }
      func append(_ path: String) throws(StoreError) -> any OpenFile { throw .readOnly(path: path) }
      func contents(_ path: String) throws(StoreError) -> [UInt8]? { try base.contents(path) }
      func contains(_ path: String) throws(StoreError) -> Bool { try base.contains(path) }
      func status(_ path: String) throws(StoreError) -> FileStatus { try base.status(path) }
      func names(_ folder: String) throws(StoreError) -> [String] { try base.names(folder) }
      func makeFolder(_ path: String) throws(StoreError) { throw .readOnly(path: path) }
      func makeWritable(folder: String) throws(StoreError) { throw .readOnly(path: folder) }
      func move(_ path: String, to target: String, replacing: Bool) throws(StoreError) { throw .readOnly(path: path) }
      func remove(_ path: String) throws(StoreError) { throw .readOnly(path: path) }
      func touch(_ path: String) throws(StoreError) { throw .readOnly(path: path) }
      func synchronize(folder: String) throws(StoreError) { throw .readOnly(path: folder) }
    }
    let store = try Store(root: "/lab/store", fileSystem: ReadOnly(files), create: true)
    #expect(try store.bytes(.of(noise(9000)), size: 9000) == noise(9000))
    #expect(try store.result(key("other")) == record("b"))
    #expect(try store.publish(record("b"), key("other")) == .equal)
    #expect(throws: StoreError.readOnly(path: "/lab/store/tmp")) {
      do { try store.put([1]) } catch StoreError.readOnly { throw StoreError.readOnly(path: "/lab/store/tmp") }
    }
    let pack = try "/lab/store/results/" + #require(try files.names("/lab/store/results").first)
    files.damage(pack) { bytes in
      for index in bytes.indices where bytes[index...].starts(with: key("other").bytes) { bytes[index + 40] ^= 1 }
    }
    #expect(try store.result(key("other")) == nil)
    #expect(throws: StoreError.self) { try store.publish(record("c"), key("other")) }
    let digest = Digest.of(noise(9000))
    files.damage("/lab/store/objects/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))") { $0[100] ^= 1 }
    for _ in 0..<2 { #expect(throws: StoreError.corrupt(digest)) { try store.bytes(digest, size: 9000) } }
  }
}
