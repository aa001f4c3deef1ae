package import Artifacts
import FoundationEssentials
package import Plans
package import Stores

/// The keys of all steps of one node at one time: what `why` compares with. Stored as an object, so that runs in which
/// nothing changed share it.
package struct Bindings: Sendable {
  /// By the ids of the step, in the order of the node's axes.
  package let keys: [[String]: Digest]

  package init(_ state: Resolution.NodeState) {
    var keys: [[String]: Digest] = [:]
    if let grid = state.grid {
      for item in 0..<grid.count { if let key = state.keys[item] { keys[grid.ids(of: item)] = key } }
    }
    self.keys = keys
  }

  package func encoded() -> [UInt8] {
    let items = keys.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    return Canonical.list([
      .string("bioarc-bindings/1"),
      .list(items.map { .list([.list($0.key.map(Canonical.string)), .bytes($0.value.bytes)]) }),
    ]).encoded()
  }

  package init(decoding bytes: [UInt8]) throws(CanonicalError) {
    let fields = try Canonical(decoding: bytes).list()
    guard fields.count == 2, fields[0] == .string("bioarc-bindings/1") else {
      throw CanonicalError(offset: 0, reason: "not a binding list")
    }
    var keys: [[String]: Digest] = [:]
    for item in try fields[1].list() {
      let parts = try item.list()
      guard parts.count == 2 else { throw CanonicalError(offset: 0, reason: "not a binding") }
      var ids: [String] = []
      for id in try parts[0].list() { ids.append(try id.string()) }
      keys[ids] = try parts[1].digest()
    }
    self.keys = keys
  }
}

/// One earlier run, as its log tells it.
package struct PastRun: Sendable {
  package let id: String
  package let started: Double
  package let file: String
  package let pipeline: String
  /// nil: it did not end by itself.
  package let summary: RunSummary?
  /// Digest of the bindings of each node.
  package let bindings: [String: ObjectName]
}

/// An object as a run's log names it.
package struct ObjectName: Codable, Sendable, Hashable {
  package let digest: String
  package let size: Int
}

/// The earlier runs of a store.
package struct History {
  private let store: Store
  package init(store: Store) { self.store = store }

  private static let summaryLines = ["runStarted", "resolved", "runFinished"].map { name in
    Array("{\"event\":{\"\(name)\"".utf8)
  }

  package func events(of run: String) throws -> [LoggedEvent] {
    try (store.events(run) ?? []).compactMap { Lines.decode(LoggedEvent.self, Array($0.utf8)) }
  }

  /// Newest first.
  package func runs(limit: Int = .max) throws -> [PastRun] { try store.runs().prefix(limit).compactMap(run) }

  /// The newest run of a pipeline file, if it is among the newest fifty of all.
  package func newest(of file: String) throws -> PastRun? {
    for id in try store.runs().prefix(50) {
      if let run = try run(id), run.file == file { return run }
    }
    return nil
  }

  private func run(_ id: String) throws -> PastRun? {
    var run: PastRun?
    var bindings: [String: ObjectName] = [:]
    var summary: RunSummary?
    for line in try store.events(id) ?? [] {
      // Most lines of a long log are not decoded: keys are sorted, so a line begins with its event.
      guard Self.summaryLines.contains(where: { line.utf8.starts(with: $0) }),
        let logged = Lines.decode(LoggedEvent.self, Array(line.utf8))
      else { continue }
      switch logged.event {
      case .runStarted(let pipeline, let file, _):
        run = PastRun(id: id, started: logged.time, file: file, pipeline: pipeline, summary: nil, bindings: [:])
      case .resolved(let node, let name): bindings[node] = name
      case .runFinished(let value): summary = value
      default: continue
      }
    }
    return run.map {
      PastRun(id: id, started: $0.started, file: $0.file, pipeline: $0.pipeline, summary: summary, bindings: bindings)
    }
  }

  package func bindings(_ name: ObjectName) -> Bindings? {
    guard let digest = Digest(hex: name.digest), let bytes = try? store.bytes(digest, size: name.size) else {
      return nil
    }
    return try? Bindings(decoding: bytes)
  }

  /// Keeps the bindings of every node of `resolution` and logs their digests.
  package func log(_ resolution: Resolution, to emit: (Event) -> Void) throws {
    for (node, bytes) in Self.bindings(of: resolution) {
      let digest = Digest.of(bytes)
      if try !store.contains(digest) { _ = try store.put(bytes) }
      emit(.resolved(node: node, bindings: ObjectName(digest: digest.hex, size: bytes.count)))
    }
  }

  /// Logs a run that had nothing to do, unless the newest run of the same file saw the same keys.
  package func logIfChanged(_ resolution: Resolution, _ summary: RunSummary) throws {
    let current = Self.bindings(of: resolution).map { ($0.node, Digest.of($0.bytes).hex) }
    let last = try newest(of: resolution.plan.file)
    if let last, Dictionary(uniqueKeysWithValues: current) == last.bindings.mapValues(\.digest) { return }
    let log = try store.newRun()
    let append = { (event: Event) in try? log.append(EventLine.encode(event)) }
    append(.runStarted(pipeline: resolution.plan.name, file: resolution.plan.file, cores: 0))
    try self.log(resolution) { append($0) }
    append(.runFinished(summary))
  }

  private static func bindings(of resolution: Resolution) -> [(node: String, bytes: [UInt8])] {
    resolution.plan.nodes.indices.filter { resolution.nodes[$0].grid != nil }.map {
      (resolution.plan.nodes[$0].name, Bindings(resolution.nodes[$0]).encoded())
    }
  }
}
