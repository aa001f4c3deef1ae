import Artifacts
import Events
package import Plans
import Resolving
package import Stores

/// The earlier runs of one pipeline, read as far back as somebody asks.
package final class Past {
  let store: Store
  private let plan: Plan
  private let history: History
  private var ids: ArraySlice<String>
  private let hasMore: Bool
  private var loaded: [PastRun] = []
  private var others: [PastRun] = []
  private var decoded: [ObjectName: Bindings?] = [:]
  private var stages: [ObjectName: String?] = [:]

  /// The number of runs of a store that are looked through, the newest ones of any pipeline.
  package static let depth = 200

  package init(plan: Plan, store: Store) throws {
    self.plan = plan
    self.store = store
    history = History(store: store)
    let all = try store.runs()
    ids = all.prefix(Self.depth)
    hasMore = all.count > ids.count
  }

  /// Whether all were looked through, and there are older ones.
  package var isExhausted: Bool { hasMore && ids.isEmpty }

  /// Runs of the pipeline, newest first: the one at `index`, or nil when there are no more.
  func run(_ index: Int) throws -> PastRun? {
    while loaded.count <= index, try load() {}
    return index < loaded.count ? loaded[index] : nil
  }

  /// Runs of other pipelines, newest first.
  func other(_ index: Int) throws -> PastRun? {
    while others.count <= index, try load() {}
    return index < others.count ? others[index] : nil
  }

  /// Looks at one more run; false when there is none.
  private func load() throws -> Bool {
    guard let id = ids.popFirst() else { return false }
    guard let run = try history.run(id) else { return true }
    if run.isOf(plan) { loaded.append(run) } else { others.append(run) }
    return true
  }

  /// The key that a step had in a run.
  func key(_ step: StepName, in run: PastRun) -> Digest? {
    if let key = run.bindings[step.node].flatMap(bindings)?.key(step) { return key }
    return run.begun[step.node].flatMap { begun in step.ids(on: begun.axes).flatMap { begun.keys[$0] } }
  }

  /// The keys that the steps of one stage had in a run, a bounded number, spread over all.
  func keys(ofStage stage: String, in run: PastRun, limit: Int) throws -> [(step: String, key: Digest)] {
    var result: [(step: String, key: Digest)] = []
    for (node, name) in run.bindings.sorted(by: { $0.key < $1.key }) where try self.stage(of: name) == stage {
      guard let bindings = bindings(name) else { continue }
      for item in (0..<bindings.count).spread(limit) {
        guard let key = bindings.key(at: item) else { continue }
        result.append((bindings.address(of: node, at: item), key))
      }
    }
    return result
  }

  /// The keys that steps of a node had in a run: at most `limit`, spread evenly.
  func keys(ofNode node: String, in run: PastRun, limit: Int) -> [Digest] {
    guard let bindings = run.bindings[node].flatMap(bindings) else { return [] }
    return (0..<bindings.count).spread(limit).compactMap(bindings.key(at:))
  }

  /// The stage that the steps with these bindings ran, as the pre-image of one of them says.
  private func stage(of name: ObjectName) throws -> String? {
    if let known = stages[name] { return known }
    var stage: String?
    if let bindings = bindings(name), let key = (0..<bindings.count).lazy.compactMap(bindings.key(at:)).first {
      stage = try store.identity(key)?.identity.stage
    }
    stages[name] = .some(stage)
    return stage
  }

  /// The number of steps that a node had in the newest run that knew it; nil when none of a few did.
  func count(of node: String) throws -> Int? {
    var index = 0
    while index < 5, let run = try run(index) {
      if let bindings = run.bindings[node].flatMap(bindings) { return bindings.count }
      index += 1
    }
    return nil
  }

  private func bindings(_ name: ObjectName) -> Bindings? {
    if let known = decoded[name] { return known }
    let found = history.bindings(name)
    decoded[name] = .some(found)
    return found
  }
}
