import Artifacts
package import Events
import JSON
package import Plans
package import Stores
import Syntax

/// The earlier runs of a store.
package struct History {
  package let store: Store
  package init(store: Store) { self.store = store }

  /// The events of a run's log, in order; lines that this program cannot read are left out.
  package func events(of run: String) throws -> [LoggedEvent] {
    try (store.events(run) ?? []).compactMap { JSONLines.decode(LoggedEvent.self, Array($0.utf8)) }
  }

  /// Newest first.
  package func runs(limit: Int = .max) throws -> [PastRun] { try store.runs().prefix(limit).compactMap(run) }

  /// The newest run of a pipeline, if it is among the newest fifty of all that are runs of a pipeline as its file says.
  package func newest(of plan: Plan) throws -> PastRun? {
    var looked = 0
    for id in try store.runs() {
      guard looked < 50 else { return nil }
      guard let run = try run(id), run.purpose == nil else { continue }
      if run.isOf(plan) { return run }
      looked += 1
    }
    return nil
  }

  /// The run of that id as its log tells it; nil where there is no log with its beginning.
  package func run(_ id: String) throws -> PastRun? {
    var run: PastRun?
    var bindings: [String: ObjectName] = [:]
    var summary: RunSummary?
    for line in try store.summary(id) ?? [] {
      guard let logged = JSONLines.decode(LoggedEvent.self, Array(line.utf8)) else { continue }
      switch logged.event {
      case .runStarted(let pipeline, let file, _, let text, let settings, let purpose):
        run = PastRun(
          id: id, started: logged.time, file: file, pipeline: pipeline, purpose: purpose, text: text,
          settings: settings, summary: nil, bindings: [:], begun: [:])
      case .resolved(let node, let name): bindings[node] = name
      case .runFinished(let value): summary = value
      default: continue
      }
    }
    return try run.map {
      try PastRun(
        id: id, started: $0.started, file: $0.file, pipeline: $0.pipeline, purpose: $0.purpose, text: $0.text,
        settings: $0.settings, summary: summary, bindings: bindings,
        begun: summary == nil ? Self.begun(store.events(id) ?? []) : [:])
    }
  }

  /// The beginning of lines that tell of the start of a step: keys are sorted.
  package static let stepStarted = Array("{\"event\":{\"stepStarted\"".utf8)

  /// The keys of the steps that were started.
  private static func begun(_ lines: [String]) -> [String: BegunSteps] {
    var result: [String: BegunSteps] = [:]
    for line in lines where line.utf8.starts(with: stepStarted) {
      guard
        case .stepStarted(let step, let key, _, _, _, _)? = JSONLines.decode(LoggedEvent.self, Array(line.utf8))?.event,
        let address = StepAddress(step)
      else { continue }
      result[address.node, default: BegunSteps(axes: address.items.map(\.axis))].keys[address.items.map(\.id)] = key
    }
    return result
  }

  /// The bindings that a log names; nil where the store has lost them or they are damaged.
  package func bindings(_ name: ObjectName) -> Bindings? {
    (try? store.bytes(name.digest, size: name.size)).flatMap { try? Bindings(decoding: $0) }
  }

  /// Keeps the bindings of every node of `resolution` and logs their digests.
  package func log(_ resolution: Resolution, to emit: (Event) -> Void) throws {
    for (node, bytes) in Self.bindings(of: resolution) {
      let digest = Digest.of(bytes)
      if try !store.claim(digest) { _ = try store.put(bytes) }
      emit(.resolved(node: node, bindings: ObjectName(digest: digest, size: bytes.count)))
    }
  }

  /// The beginning of a run's log: keeps the text of the pipeline, which is that of `resolution` with these settings.
  /// - Parameter purpose: that of a run which is none of the pipeline as its file says, so that neither `why` nor `~1`
  ///   takes it for one.
  package func beginning(
    of resolution: Resolution, _ text: [UInt8], settings: [String], cores: Int, purpose: String? = nil
  ) throws -> Event {
    let digest = Digest.of(text)
    if try !store.claim(digest) { _ = try store.put(text) }
    return .runStarted(
      pipeline: resolution.plan.name, file: resolution.plan.file, cores: cores,
      text: ObjectName(digest: digest, size: text.count), settings: settings, purpose: purpose)
  }

  /// Logs a run that had nothing to do, unless the newest run of the same file saw the same keys. `beginning` is that
  /// of its log.
  package func logIfChanged(_ resolution: Resolution, _ beginning: () throws -> Event, _ summary: RunSummary) throws {
    let current = Self.bindings(of: resolution).map { ($0.node, Digest.of($0.bytes)) }
    let last = try newest(of: resolution.plan)
    if let last, Dictionary(uniqueKeysWithValues: current) == last.bindings.mapValues(\.digest) { return }
    let log = try store.newRun()
    let append = { (event: Event) in try? log.append(event) }
    append(try beginning())
    try self.log(resolution) { append($0) }
    append(.runFinished(summary))
  }

  /// The bindings of every node whose items are known, encoded, in the order of the plan.
  package static func bindings(of resolution: Resolution) -> [(node: String, bytes: [UInt8])] {
    zip(resolution.plan.nodes, resolution.nodes).compactMap { node, table in
      guard let grid = table.grid else { return nil }
      let axes = grid.axes.map { resolution.plan.axes[$0].name }
      return (node.name, Bindings(axes: axes, ids: grid.ids, count: grid.count, key: table.key).encoded())
    }
  }
}
