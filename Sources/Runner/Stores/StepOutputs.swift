package import Artifacts
internal import Synchronization
import System

/// The outputs that a running step writes. None of them is visible before `finish`; dropped without it,
/// they leave nothing.
package final class StepOutputs: StageOutputs {
  /// Contents up to this size live in the result record.
  package static let inlineLimit = 4 << 10
  /// All inline contents of one output together; further contents become objects, so that a record stays small.
  package static let inlineTotal = 64 << 10

  private enum Content: Sendable {
    case inline([UInt8])
    case object(SealedObject)
    /// Bytes that are not kept.
    case digested(Digest, size: Int)
  }
  private struct State {
    /// By port and name; nil for a file that is still open.
    var files: [String: [String: Content?]] = [:]
    var inlineBytes: [String: Int] = [:]
  }

  private let store: Store
  private let declaration: StageDeclaration
  /// Ports on demand whose bytes are not kept.
  private let passing: Set<String>
  private let state = Mutex(State())

  /// - Parameter kept: the ports on demand whose bytes are asked for.
  package init(_ store: Store, declaration: StageDeclaration, keeping kept: [String] = []) {
    self.store = store
    self.declaration = declaration
    passing = Set(declaration.outputs.filter(\.isOnDemand).map(\.name)).subtracting(kept)
  }

  /// A writer of one file of an output. Throws `OutputError` for a port or name that cannot be.
  package func create(_ port: String, _ name: String) throws -> any ByteWriter {
    guard let declared = declaration.output(port) else { throw OutputError.undeclared(port: port) }
    let fits = declared.layout == .file ? name.isEmpty : FileName.isValid(name)
    guard fits else { throw OutputError.badName(port: port, name: name, layout: declared.layout) }
    let isNew = state.withLock { state in
      guard state.files[port]?[name] == nil else { return false }
      state.files[port, default: [:]][name] = .some(nil)
      return true
    }
    guard isNew else { throw OutputError.twice(port: port, name: name) }
    return OutputWriter(self, store, port, name, isPassing: passing.contains(port))
  }

  /// Makes all that was written visible and durable, and returns the outputs by port. Throws `OutputError`
  /// for an output that a stage declares and did not write.
  package func finish() throws -> [String: ResultRecord.Output] {
    let files = state.withLock { $0.files }
    var contents: [String: [String: Content]] = [:]
    for port in declaration.outputs {
      guard let written = files[port.name] else { throw OutputError.notWritten(port: port.name) }
      contents[port.name] = try Dictionary(
        uniqueKeysWithValues: written.map { name, content in
          guard let content else { throw OutputError.notClosed(port: port.name, name: name) }
          return (name, content)
        })
    }
    let objects = contents.values.flatMap(\.values).compactMap {
      if case .object(let object) = $0 { object } else { nil }
    }
    try store.objects.place(objects)
    for case .digested(let digest, _) in contents.values.flatMap(\.values) { try store.noteAbsence(of: digest) }
    return Dictionary(uniqueKeysWithValues: declaration.outputs.map { ($0.name, output($0, contents[$0.name]!)) })
  }

  private func output(_ port: OutputPort, _ contents: [String: Content]) -> ResultRecord.Output {
    var inline: [Digest: [UInt8]] = [:]
    var entries: [TreeManifest.Entry] = []
    for (name, content) in contents {
      switch content {
      case .inline(let bytes):
        let digest = Digest.of(bytes)
        inline[digest] = bytes
        entries.append(.init(name: name, digest: digest, size: bytes.count))
      case .object(let object): entries.append(.init(name: name, digest: object.digest, size: object.size))
      case .digested(let digest, let size): entries.append(.init(name: name, digest: digest, size: size))
      }
    }
    let manifest = port.layout == .tree ? TreeManifest(entries) : nil
    let whole = manifest.map { manifest in
      let bytes = manifest.encoded()
      return TreeManifest.Entry(name: "", digest: Digest.of(bytes), size: bytes.count)
    }
    let artifact = whole ?? entries[0]
    return ResultRecord.Output(
      artifact: ArtifactReference(
        kind: port.kind, format: "", options: [:], layout: port.layout, digest: artifact.digest, size: artifact.size),
      manifest: manifest, inline: inline)
  }

  /// Whether a small content still fits into the record; if so its bytes count from now on.
  fileprivate func takesInline(_ count: Int, _ port: String) -> Bool {
    state.withLock { state in
      guard state.inlineBytes[port, default: 0] + count <= Self.inlineTotal else { return false }
      state.inlineBytes[port, default: 0] += count
      return true
    }
  }

  fileprivate func closed(_ port: String, _ name: String, inline bytes: [UInt8]) {
    state.withLock { $0.files[port]![name] = .some(.inline(bytes)) }
  }
  fileprivate func closed(_ port: String, _ name: String, _ digest: Digest, size: Int) {
    state.withLock { $0.files[port]![name] = .some(.digested(digest, size: size)) }
  }
  fileprivate func closed(_ port: String, _ name: String, _ object: SealedObject) {
    state.withLock { $0.files[port]![name] = .some(.object(object)) }
  }
}

/// Writes one file: in memory while it is small, then as an object, or to nowhere.
private final class OutputWriter: ByteWriter {
  private let outputs: StepOutputs
  private let store: Store
  private let port: String
  private let name: String
  private var small: [UInt8] = []
  private var object: ObjectWriter?
  private let isPassing: Bool
  /// The digest and the count of bytes that go nowhere.
  private var passed: (hasher: DigestHasher, size: Int)?
  private var isClosed = false

  init(_ outputs: StepOutputs, _ store: Store, _ port: String, _ name: String, isPassing: Bool) {
    self.outputs = outputs
    self.store = store
    self.isPassing = isPassing
    self.port = port
    self.name = name
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    precondition(!isClosed, "a write to \(port)/\(name) after close")
    if object == nil, passed == nil, small.count + bytes.count > StepOutputs.inlineLimit { try spill() }
    if passed != nil { return pass(bytes) }
    if let object { try object.write(bytes) } else { small += bytes }
  }

  func close() throws {
    precondition(!isClosed, "\(port)/\(name) is closed twice")
    if object == nil, passed == nil, !outputs.takesInline(small.count, port) { try spill() }
    if let passed {
      outputs.closed(port, name, passed.hasher.finish(), size: passed.size)
    } else if let object {
      outputs.closed(port, name, try object.seal())
    } else {
      outputs.closed(port, name, inline: small)
    }
    isClosed = true
    object = nil
  }

  private func pass(_ bytes: UnsafeRawBufferPointer) {
    passed!.hasher.update(bytes)
    passed!.size += bytes.count
  }

  private func spill() throws {
    if isPassing {
      passed = (DigestHasher(), 0)
      small.withUnsafeBytes(pass)
      small = []
      return
    }
    let writer = try store.writer()
    try writer.write(small)
    small = []
    object = writer
  }
}
