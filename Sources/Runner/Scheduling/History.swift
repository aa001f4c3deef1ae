package import Artifacts
import JSON
package import Plans
package import Stores

/// The keys of all steps of one node at one time: what `why` compares with. Stored as an object, so that runs in which
/// nothing changed share it; 32 bytes a step and the ids of the axes.
package struct Bindings: Sendable {
  /// The axes of the node in their order then; empty in a list of an older program, which did not name them.
  package let axes: [String]
  /// The ids on each axis, ascending.
  package let ids: [[String]]
  /// Key after key in the order of the grid; zeros for a step that has none.
  private let bytes: [UInt8]

  init(_ table: NodeTable, of plan: Plan) {
    axes = table.grid?.axes.map { plan.axes[$0].name } ?? []
    ids = table.grid?.ids ?? []
    let none = Digest(repeatElement(0, count: 32))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32 * (table.grid?.count ?? 0))
    for item in 0..<(table.grid?.count ?? 0) { (table.key(item) ?? none).append(to: &bytes) }
    self.bytes = bytes
  }

  package var count: Int { bytes.count / 32 }

  /// The key of the step of that name; where its ids are not known, the first key that there is.
  package func key(_ step: StepName) -> Digest? {
    guard let names = step.ids(on: axes) else { return (0..<count).lazy.compactMap(key(at:)).first }
    guard names.count == ids.count else { return nil }
    var item = 0
    for (id, all) in zip(names, ids) {
      guard let index = Self.index(of: id, in: all) else { return nil }
      item = item * all.count + index
    }
    return key(at: item)
  }

  /// The key of the step at that place of the grid.
  package func key(at item: Int) -> Digest? {
    guard item < count else { return nil }
    let key = Digest(bytes[32 * item..<32 * item + 32])
    return bytes[32 * item..<32 * item + 32].allSatisfy { $0 == 0 } ? nil : key
  }

  /// The address of the step at that place of the grid.
  func address(of node: String, at item: Int) -> String {
    var (rest, items) = (item, [String]())
    for (place, axis) in ids.enumerated().reversed() {
      items.append((axes.isEmpty ? "" : axes[place] + "=") + axis[rest % axis.count])
      rest /= axis.count
    }
    return items.isEmpty ? node : "\(node)[\(items.reversed().joined(separator: ","))]"
  }

  /// The place of an id among ascending ones.
  static func index(of id: String, in ids: [String]) -> Int? {
    var (low, high) = (0, ids.count)
    while low < high {
      let middle = (low + high) / 2
      if ids[middle].precedesInBytes(id) { low = middle + 1 } else { high = middle }
    }
    return low < ids.count && ids[low] == id ? low : nil
  }

  package func encoded() -> [UInt8] {
    Canonical.list([
      .string(Self.format), .list(axes.map(Canonical.string)), .list(ids.map { .list($0.map(Canonical.string)) }),
      .bytes(bytes),
    ]).encoded()
  }

  private static let format = "bioarc-bindings/3"
  /// Without the names of the axes.
  private static let olderFormat = "bioarc-bindings/2"

  package init(decoding bytes: [UInt8]) throws(CanonicalError) {
    let fields = try Canonical(decoding: bytes).list()
    let isOlder = fields.first == .string(Self.olderFormat)
    guard fields.count == (isOlder ? 3 : 4), isOlder || fields[0] == .string(Self.format) else {
      throw CanonicalError(offset: 0, reason: "not a binding list")
    }
    axes = isOlder ? [] : try Self.strings(fields[1])
    var ids: [[String]] = []
    for axis in try fields[fields.count - 2].list() { ids.append(try Self.strings(axis)) }
    self.ids = ids
    self.bytes = try fields[fields.count - 1].bytes()
    guard isOlder || axes.count == ids.count else {
      throw CanonicalError(offset: 0, reason: "not one name for each axis")
    }
    // No product of more factors than fit the bytes is taken: many short axes make one that overflows.
    let count = ids.reduce(1) { $0 > self.bytes.count ? $0 : $0 * $1.count }
    guard count <= self.bytes.count, self.bytes.count == 32 * count else {
      throw CanonicalError(offset: 0, reason: "not one key for each step")
    }
  }

  private static func strings(_ list: Canonical) throws(CanonicalError) -> [String] {
    var strings: [String] = []
    for item in try list.list() { strings.append(try item.string()) }
    return strings
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
  /// Digest of the bindings of each node: the last that the run logged.
  package let bindings: [String: ObjectName]
  /// Of a run that did not end by itself, the steps that it started, by node.
  let begun: [String: BegunSteps]
}

/// The steps of one node that a run started.
struct BegunSteps: Sendable {
  let axes: [String]
  /// By ids, in the order of the axes.
  var keys: [[String]: Digest] = [:]
}

/// An object as a run's log names it.
package struct ObjectName: Codable, Sendable, Hashable {
  package let digest: String
  package let size: Int
}

/// The earlier runs of a store.
package struct History {
  let store: Store
  package init(store: Store) { self.store = store }

  package func events(of run: String) throws -> [LoggedEvent] {
    try (store.events(run) ?? []).compactMap { JSONLines.decode(LoggedEvent.self, Array($0.utf8)) }
  }

  /// Newest first.
  package func runs(limit: Int = .max) throws -> [PastRun] { try store.runs().prefix(limit).compactMap(run) }

  /// The newest run of a pipeline, if it is among the newest fifty of all.
  package func newest(of plan: Plan) throws -> PastRun? {
    for id in try store.runs().prefix(50) {
      if let run = try run(id), run.isOf(plan) { return run }
    }
    return nil
  }

  func run(_ id: String) throws -> PastRun? {
    var run: PastRun?
    var bindings: [String: ObjectName] = [:]
    var summary: RunSummary?
    for line in try store.summary(id) ?? [] {
      guard let logged = JSONLines.decode(LoggedEvent.self, Array(line.utf8)) else { continue }
      switch logged.event {
      case .runStarted(let pipeline, let file, _):
        run = PastRun(
          id: id, started: logged.time, file: file, pipeline: pipeline, summary: nil, bindings: [:], begun: [:])
      case .resolved(let node, let name): bindings[node] = name
      case .runFinished(let value): summary = value
      default: continue
      }
    }
    return try run.map {
      try PastRun(
        id: id, started: $0.started, file: $0.file, pipeline: $0.pipeline, summary: summary, bindings: bindings,
        begun: summary == nil ? Self.begun(store.events(id) ?? []) : [:])
    }
  }

  /// How lines begin that tell of the start of a step: keys are sorted.
  static let stepStarted = Array("{\"event\":{\"stepStarted\"".utf8)

  /// The keys of the steps that were started.
  private static func begun(_ lines: [String]) -> [String: BegunSteps] {
    var result: [String: BegunSteps] = [:]
    for line in lines where line.utf8.starts(with: stepStarted) {
      guard
        case .stepStarted(let step, let hex, _, _, _)? = JSONLines.decode(LoggedEvent.self, Array(line.utf8))?.event,
        let address = StepAddress(step), let key = Digest(hex: hex)
      else { continue }
      result[address.node, default: BegunSteps(axes: address.items.map(\.axis))].keys[address.items.map(\.id)] = key
    }
    return result
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
      if try !store.claim(digest) { _ = try store.put(bytes) }
      emit(.resolved(node: node, bindings: ObjectName(digest: digest.hex, size: bytes.count)))
    }
  }

  /// Logs a run that had nothing to do, unless the newest run of the same file saw the same keys.
  package func logIfChanged(_ resolution: Resolution, _ summary: RunSummary) throws {
    let current = Self.bindings(of: resolution).map { ($0.node, Digest.of($0.bytes).hex) }
    let last = try newest(of: resolution.plan)
    if let last, Dictionary(uniqueKeysWithValues: current) == last.bindings.mapValues(\.digest) { return }
    let log = try store.newRun()
    let append = { (event: Event) in try? log.append(event) }
    append(.runStarted(pipeline: resolution.plan.name, file: resolution.plan.file, cores: 0))
    try self.log(resolution) { append($0) }
    append(.runFinished(summary))
  }

  private static func bindings(of resolution: Resolution) -> [(node: String, bytes: [UInt8])] {
    resolution.plan.nodes.indices.filter { resolution.nodes[$0].grid != nil }.map {
      (resolution.plan.nodes[$0].name, Bindings(resolution.nodes[$0], of: resolution.plan).encoded())
    }
  }
}
