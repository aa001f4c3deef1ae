import Artifacts
import Foundation
import Synchronization

/// A stage run in memory: inputs given, outputs kept, segments in a table.
final class MemoryRun: StageOutputs, SegmentStore, Sendable {
  let files = Mutex<[String: [String: [UInt8]]]>([:])
  let segments = Mutex<[Int: [String: [UInt8]]]>([:])
  /// The steps whose states are to stay.
  let kept = Mutex<Set<Int>>([])
  let reports = Mutex<[StageReport]>([])
  var warnings: [String] {
    reports.withLock { $0 }.compactMap { if case .warning(let text) = $0 { text } else { nil } }
  }
  let interruptAfter: Int?
  private let polls = Mutex<Int>(0)

  init(interruptAfter: Int? = nil) { self.interruptAfter = interruptAfter }

  private final class Writer: ByteWriter {
    private var bytes: [UInt8] = []
    private let done: ([UInt8]) -> Void
    init(_ done: @escaping ([UInt8]) -> Void) { self.done = done }
    func write(_ more: UnsafeRawBufferPointer) { bytes += more }
    func close() { done(bytes) }
  }

  func create(_ port: String, _ name: String) throws -> any ByteWriter {
    Writer { bytes in self.files.withLock { $0[port, default: [:]][name] = bytes } }
  }

  func setUnit(steps: Int) {}

  func newest(atOrBefore step: Int) throws -> (step: Int, state: any InputArtifact)? {
    segments.withLock { table in
      guard let found = table.keys.filter({ $0 <= step }).max(), let files = table[found] else { return nil }
      return (found, MemoryArtifact(.trainingState, files))
    }
  }

  func save(
    step: Int, isKept: Bool, _ write: (_ create: (_ name: String) throws -> any ByteWriter) throws -> Void
  ) throws {
    let files = Mutex<[String: [UInt8]]>([:])
    try write { name in Writer { bytes in files.withLock { $0[name] = bytes } } }
    segments.withLock { $0[step] = files.withLock { $0 } }
    if isKept { kept.withLock { _ = $0.insert(step) } }
  }

  /// Runs a stage with its defaults but for `parameters`.
  func run(
    _ stage: any Stage.Type, _ parameters: [String: Value] = [:], _ inputs: [String: any InputArtifact] = [:],
    threads: Int = 1
  ) throws {
    try run(stage, parameters, several: inputs.mapValues { [$0] }, threads: threads)
  }

  /// Runs a stage with several artifacts at a port.
  func run(
    _ stage: any Stage.Type, _ parameters: [String: Value] = [:], several inputs: [String: [any InputArtifact]],
    threads: Int = 1
  ) throws {
    let items = inputs.mapValues { $0.map { StageInput(ids: [:], artifact: $0) } }
    try run(stage, parameters, items: items, threads: threads)
  }

  /// Runs a stage that gathers.
  func run(
    _ stage: any Stage.Type, _ parameters: [String: Value] = [:], items: [String: [StageInput]], threads: Int = 1
  ) throws {
    var values: [String: Value] = [:]
    for parameter in stage.declaration.parameters { values[parameter.name] = parameter.defaultValue }
    try stage.run(
      StageContext(
        parameters: values.merging(parameters) { $1 },
        inputs: items, outputs: self, segments: self,
        threads: threads, report: { report in self.reports.withLock { $0.append(report) } },
        isInterrupted: {
          guard let limit = self.interruptAfter else { return false }
          return self.polls.withLock { count in
            count += 1
            return count > limit
          }
        }))
  }

  /// The files that were written to a port, as an artifact.
  func output(_ port: String, _ kind: ArtifactKind) -> MemoryArtifact {
    MemoryArtifact(kind, files.withLock { $0[port] ?? [:] })
  }

  /// The digest of everything that was written.
  var digest: String {
    let all = files.withLock { $0 }
    var hasher = DigestHasher()
    for port in all.keys.sorted() {
      for name in all[port]!.keys.sorted() {
        Array("\(port)/\(name)/\(all[port]![name]!.count)/".utf8).withUnsafeBytes { hasher.update($0) }
        all[port]![name]!.withUnsafeBytes { hasher.update($0) }
      }
    }
    return hasher.finish().hex
  }
}

/// An artifact in memory.
struct MemoryArtifact: InputArtifact {
  let reference: ArtifactReference
  let files: [String: [UInt8]]

  init(_ kind: ArtifactKind, _ files: [String: [UInt8]], format: String = "", options: [String: String] = [:]) {
    self.files = files
    reference = ArtifactReference(
      kind: kind, format: format, options: options, layout: files.keys.contains("") ? .file : .tree,
      digest: .of(files.sorted { $0.key < $1.key }.flatMap { Array($0.key.utf8) + $0.value }), size: 0)
  }

  var names: [String] { files.keys.sorted() }

  private final class Reader: ByteReader {
    private var rest: ArraySlice<UInt8>
    init(_ bytes: [UInt8]) { rest = bytes[...] }
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
      let count = min(buffer.count, rest.count)
      buffer.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      return count
    }
  }

  func open(_ name: String) throws -> any ByteReader {
    guard let bytes = files[name] else { throw CocoaError(.fileNoSuchFile) }
    return Reader(bytes)
  }

  func localPath(_ name: String) throws -> String {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("bioarc-artifact-\(UUID().uuidString)")
    try Data(files[name] ?? []).write(to: url)
    return url.path
  }
}
