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
  package let bindings: [String: String]
}

/// The earlier runs of a store.
package struct History {
  private let store: Store
  package init(store: Store) { self.store = store }

  package func events(of run: String) throws -> [LoggedEvent] {
    try store.events(run).compactMap { Lines.decode(LoggedEvent.self, Array($0.utf8)) }
  }

  /// Newest first.
  package func runs(limit: Int = .max) throws -> [PastRun] {
    try store.runs().prefix(limit).compactMap { id in
      var run: PastRun?
      var bindings: [String: String] = [:]
      var summary: RunSummary?
      for line in try store.events(id) {
        // Most lines of a long log are of no interest here: they are not decoded.
        guard line.contains("\"runStarted\"") || line.contains("\"resolved\"") || line.contains("\"runFinished\""),
          let logged = Lines.decode(LoggedEvent.self, Array(line.utf8))
        else { continue }
        switch logged.event {
        case .runStarted(let pipeline, let file, _):
          run = PastRun(id: id, started: logged.time, file: file, pipeline: pipeline, summary: nil, bindings: [:])
        case .resolved(let node, let digest): bindings[node] = digest
        case .runFinished(let value): summary = value
        default: continue
        }
      }
      return run.map {
        PastRun(
          id: id, started: $0.started, file: $0.file, pipeline: $0.pipeline, summary: summary, bindings: bindings)
      }
    }
  }

  package func bindings(_ hex: String) -> Bindings? {
    guard let digest = Digest(hex: hex), let bytes = try? store.bytes(digest, size: nil) else { return nil }
    return try? Bindings(decoding: bytes)
  }

  /// Keeps the bindings of every node of `resolution` and logs their digests.
  package func log(_ resolution: Resolution, to emit: (Event) -> Void) throws {
    for (index, node) in resolution.plan.nodes.enumerated() where resolution.nodes[index].grid != nil {
      let bytes = Bindings(resolution.nodes[index]).encoded()
      let digest = Digest.of(bytes)
      if try !store.contains(digest) {
        let writer = try store.writer()
        try writer.write(bytes)
        _ = try writer.commit()
      }
      emit(.resolved(node: node.name, digest: digest.hex))
    }
  }
}
