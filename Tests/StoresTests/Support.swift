import Artifacts
import Glibc
import Stores
import Synchronization

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
  /// The files that hold results.
  func resultFiles() throws -> [String] {
    try store.files.names(store.root + "/results").map { "\(store.root)/results/\($0)" }
  }
  /// The same store as another process sees it.
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
  /// Where a step has its saved states.
  func folder(_ training: TrainingIdentity) -> String { "\(store.root)/partial/\(training.key)/\(training.step.key)" }
}

let declaration = StageDeclaration(
  name: "test", version: 1, summary: "", parameters: [], inputs: [],
  outputs: [
    OutputPort("file", .metrics, .file, help: ""),
    OutputPort("tree", .architectures, .tree, member: .architecture, help: ""),
  ], example: "")
