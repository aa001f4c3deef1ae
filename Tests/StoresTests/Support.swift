import Artifacts
import Glibc
import Stores
import Synchronization
import Testing

@testable import Files

/// A folder of its own on disk, removed when this goes.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/bioarc-stores-XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil, "cannot make a temporary folder")
    path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  static func remove(_ path: String) {
    let disk = DiskFileSystem()
    if (try? disk.status(path).isFolder) == true {
      for name in (try? disk.names(path)) ?? [] { remove(path + "/" + name) }
    }
    try? disk.remove(path)
  }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = try DiskFileSystem().create(path + "/" + name, .writable)
    try bytes.withUnsafeBytes { try file.write($0) }
    try file.close()
    return path + "/" + name
  }
}

/// The file systems that must behave alike.
enum Backend: String, CaseIterable, Sendable {
  case disk, memory

  /// A file system and an empty folder in it; keep what comes third for as long as they are used.
  func make() -> (files: any FileSystem, root: String, folder: TemporaryFolder) {
    let folder = TemporaryFolder()
    switch self {
    case .disk: return (DiskFileSystem(), folder.path + "/store", folder)
    case .memory: return (MemoryFileSystem(), "/store", folder)
    }
  }
}

/// A store for a test, with its events.
struct TestStore {
  let store: Store
  let folder: TemporaryFolder
  let events: Events

  final class Events: Sendable {
    private let list = Mutex<[StoreEvent]>([])
    var all: [StoreEvent] { list.withLock { $0 } }
    func add(_ event: StoreEvent) { list.withLock { $0.append(event) } }
  }

  init(_ backend: Backend = .disk) throws {
    let (files, root, folder) = backend.make()
    let events = Events()
    store = try Store(root: root, fileSystem: files, create: true) { events.add($0) }
    self.folder = folder
    self.events = events
  }

  var scratch: String { folder.path + "/scratch" }

  /// Flips one bit of a file of the store.
  func damage(_ path: String, at offset: Int) throws {
    if let memory = store.files as? MemoryFileSystem {
      memory.damage(path) { $0[offset] ^= 0x10 }
      return
    }
    var bytes = try store.files.contents(path)!
    bytes[offset] ^= 0x10
    try overwrite(path, bytes)
  }

  func overwrite(_ path: String, _ bytes: [UInt8]) throws {
    if let memory = store.files as? MemoryFileSystem {
      memory.damage(path) { $0 = bytes }
      return
    }
    try store.files.remove(path)
    let file = try store.files.create(path, .readOnly)
    try bytes.withUnsafeBytes { try file.write($0) }
    try file.close()
  }

  func objectPath(_ digest: Digest) -> String {
    "\(store.root)/objects/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))"
  }
  /// A name in `tmp/` as of a process of this host that is no more.
  func nameOfTheDead() throws -> String {
    let before = (try? store.files.names(store.root + "/tmp")) ?? []
    let writer = try store.writer()
    let name = try #require(try store.files.names(store.root + "/tmp").first { !before.contains($0) })
    var parts = name.split(separator: "~").map(String.init)
    parts[3] = "1"
    withExtendedLifetime(writer) {}
    return parts.joined(separator: "~")
  }

  /// The files that hold results.
  func resultFiles() throws -> [String] {
    try store.files.names(store.root + "/results").map { "\(store.root)/results/\($0)" }
  }
  /// The store as another process sees it.
  func reopened() throws -> Store {
    try Store(root: store.root, fileSystem: store.files, create: false) { [events] in events.add($0) }
  }
}

/// `count` bytes that do not compress, the same for the same seed.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return [UInt8](unsafeUninitializedCapacity: count) { space, filled in
    for index in 0..<count {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      space[index] = UInt8(truncatingIfNeeded: state >> 32)
    }
    filled = count
  }
}

func key(_ name: String) -> Digest { .of(Array(name.utf8)) }

/// A record with one file output that lives inline.
func record(_ text: String, finished: Double = 1) -> ResultRecord {
  let bytes = Array(text.utf8)
  let artifact = ArtifactReference(
    kind: .metrics, format: "", options: [:], layout: .file, digest: .of(bytes), size: bytes.count)
  return ResultRecord(
    outcome: .outputs(["metrics": .init(artifact: artifact, manifest: nil, inline: [.of(bytes): bytes])]),
    environment: ["cpu": "x"], finished: finished, duration: 2, peakMemory: 3)
}

func identity(_ stage: String, ports: [String: PortIdentity] = [:]) -> StepIdentity {
  StepIdentity(stage: stage, version: 1, parameters: ["lr": .float(0.1)], horizon: ["steps": .int(9)], ports: ports)
}

func training(_ stage: String) -> TrainingIdentity { TrainingIdentity(identity(stage)) }

extension TestStore {
  /// The folder in which a step has its saved states.
  func folder(_ training: TrainingIdentity) -> String { "\(store.root)/partial/\(training.key)/\(training.step.key)" }
}

let declaration = StageDeclaration(
  name: "test", version: 1, summary: "", parameters: [], inputs: [],
  outputs: [
    OutputPort("file", .metrics, .file, help: ""),
    OutputPort("tree", .architectures, .tree, member: .architecture, help: ""),
  ], example: "")

/// Lets something happen, once, just before an operation, as another process may do in that instant.
final class InterruptedFileSystem: FileSystem {
  enum Operation { case contents, move }
  private struct Interruption {
    let operation: Operation
    var calls: Int
    let body: @Sendable () throws -> Void
  }
  private let base: any FileSystem
  private let interruption = Mutex<Interruption?>(nil)

  init(_ base: any FileSystem) { self.base = base }

  /// Calls `body` before the call of that number, from 1.
  func before(_ operation: Operation, call: Int = 1, _ body: @escaping @Sendable () throws -> Void) {
    interruption.withLock { $0 = Interruption(operation: operation, calls: call, body: body) }
  }

  private func note(_ operation: Operation) {
    let due = interruption.withLock { interruption -> Interruption? in
      guard interruption?.operation == operation else { return nil }
      interruption?.calls -= 1
      guard interruption?.calls == 0 else { return nil }
      defer { interruption = nil }
      return interruption
    }
    do { try due?.body() } catch { Issue.record("\(error)") }
  }

  func contents(_ path: String) throws(StoreError) -> [UInt8]? {
    note(.contents)
    return try base.contents(path)
  }
  func move(_ path: String, to target: String, replacing: Bool) throws(StoreError) {
    note(.move)
    try base.move(path, to: target, replacing: replacing)
  }
  func open(_ path: String) throws(StoreError) -> any OpenFile { try base.open(path) }
  func create(_ path: String, _ mode: FileMode) throws(StoreError) -> any OpenFile { try base.create(path, mode) }
  func append(_ path: String) throws(StoreError) -> any OpenFile { try base.append(path) }
  func contains(_ path: String) throws(StoreError) -> Bool { try base.contains(path) }
  func status(_ path: String) throws(StoreError) -> FileStatus { try base.status(path) }
  func names(_ folder: String) throws(StoreError) -> [String] { try base.names(folder) }
  func makeFolder(_ path: String) throws(StoreError) { try base.makeFolder(path) }
  func makeWritable(folder: String) throws(StoreError) { try base.makeWritable(folder: folder) }
  func remove(_ path: String) throws(StoreError) { try base.remove(path) }
  func touch(_ path: String) throws(StoreError) { try base.touch(path) }
  func synchronize(folder: String) throws(StoreError) { try base.synchronize(folder: folder) }
}

/// Kinds for tests that need some.
extension ArtifactKind {
  static let sequences = ArtifactKind("sequences")
  static let tokens = ArtifactKind("tokens")
  static let metrics = ArtifactKind("metrics")
  static let architecture = ArtifactKind("architecture")
  static let architectures = ArtifactKind("architectures")
  static let weights = ArtifactKind("weights")
}
