package import Artifacts
package import Catalogs
package import Plans
package import Stores

/// A plan against a store: for each step its key and state, as far as results are known.
///
/// A step is settled as soon as all that it reads has a result; a result settles what reads it. Every step and every
/// edge is visited once, so the work is linear in them. Only its row is held of each step; records are read on demand.
package final class Resolution {
  package let plan: Plan
  package let store: Store
  package let catalog: InputCatalog
  /// Results of others; nil: all that the store has count.
  package let others: (any ResultsOfOthers)?
  package internal(set) var axes: [AxisItems?]
  /// Steps that can run, in the order in which they became so.
  package internal(set) var ready: [StepIndex] = []

  package internal(set) var nodes: [NodeTable]
  package let selection: Selection
  /// By node, its ports that read outputs, ascending by name.
  package let reading: [[Reading]]
  /// By node: the ports whose bytes are stored where something asks for them.
  let outputsOnDemand: [Set<String>]
  /// By node: those of them that another node binds for all items; and the keys that pins name.
  let boundOnDemand: [Set<String>]
  let pinned: Set<Digest>
  /// By node, the nodes that read it, at a port or for the items of an axis.
  let consumers: [[Int]]
  /// The nodes that make the items of axes.
  let axisSources: Set<Int>
  /// By node that chooses items of others, the outputs that say so, ascending; and what these say.
  let choosers: [Int: [String]]
  var choices: [ChoiceName: Choice] = [:]
  /// By node, whether everything that reads it accepts its failure, directly or through steps that are skipped for it.
  package let acceptsFailures: [Bool]
  /// The first step of each key.
  var owners: [Digest: StepIndex] = [:]
  /// Further steps with the key of another, by that one.
  var followers: [StepIndex: [StepIndex]] = [:]
  /// Failures that this run has told already.
  var told: Set<StepIndex> = []
  var redoing: [StepIndex: [StepIndex]] = [:]
  /// Room for the encoding of one pre-image.
  var encoding = CanonicalWriter()
  var queue: [StepIndex] = []
  var queued = 0

  /// One choice of one step.
  struct ChoiceName: Hashable {
    let step: StepIndex
    let port: String
  }

  /// A port of a node that reads outputs of another.
  package struct Reading {
    package let port: String
    package let source: Int
    let acceptsFailures: Bool
    /// The choice that names the one item which is read; the port's next entry reads it. nil: all items are read.
    package var choosing: Plan.PortBinding.Choosing?
  }

  /// Resolves all that can be without running anything. Inputs must have been resolved in `catalog`.
  package init(
    plan: Plan, store: Store, catalog: InputCatalog, selection: Selection, others: (any ResultsOfOthers)? = nil
  ) throws {
    self.plan = plan
    self.store = store
    self.catalog = catalog
    self.others = others
    self.selection = selection
    nodes = plan.nodes.map { NodeTable(ports: $0.declaration.outputs.map(\.name)) }
    reading = plan.nodes.map(Self.reading)
    outputsOnDemand = plan.nodes.map { Set($0.declaration.outputs.filter(\.isOnDemand).map(\.name)) }
    var bound = outputsOnDemand.map { _ in Set<String>() }
    for case .output(let node, let port) in plan.nodes.flatMap({ $0.ports.values.map(\.source) }) {
      if outputsOnDemand[node].contains(port) { bound[node].insert(port) }
    }
    boundOnDemand = bound
    pinned = outputsOnDemand.contains { !$0.isEmpty } ? try Set(store.pins().flatMap(\.keys)) : []
    var consumers = [[Int]](repeating: [], count: plan.nodes.count)
    for index in plan.nodes.indices {
      for source in plan.sources(of: index) { consumers[source].append(index) }
    }
    self.consumers = consumers
    axisSources = Set(plan.axes.indices.compactMap(plan.source(ofAxis:)))
    let choosing = reading.flatMap { $0.compactMap(\.choosing) }
    choosers = Dictionary(grouping: choosing, by: \.node).mapValues { Set($0.map(\.port)).sorted() }
    acceptsFailures = Self.acceptance(
      reading, consumers.map { $0.filter { selection.wants(node: $0) } }, axisSources: axisSources)
    axes = plan.axes.map { axis in
      switch axis.items {
      case .values(let items): AxisItems(ids: items.map(\.id), payload: .values(items.map(\.value)))
      case .records(let items): AxisItems(ids: items.map(\.id), payload: .records)
      case .inputs(let items): AxisItems(ids: items.map(\.id), payload: .inputs(items.map(\.input)))
      case .members: nil
      }
    }
    for node in plan.nodes.indices { try expand(node) }
    try drain()
  }

  private static func reading(_ node: Plan.Node) -> [Reading] {
    node.ports.sorted { $0.key < $1.key }.flatMap { port, binding -> [Reading] in
      let accepts = node.declaration.input(at: port)?.acceptsFailures ?? false
      switch binding.source {
      case .output(let source, _): return [Reading(port: port, source: source, acceptsFailures: accepts)]
      case .chosen(let source, _, let choosing):
        return [
          Reading(port: port, source: source, acceptsFailures: true, choosing: choosing),
          Reading(port: port, source: choosing.node, acceptsFailures: accepts),
        ]
      case .input, .axis, .text: return []
      }
    }
  }

  private static func acceptance(_ reading: [[Reading]], _ readers: [[Int]], axisSources: Set<Int>) -> [Bool] {
    var accepts = [Bool](repeating: false, count: reading.count)
    // Readers come after what they read. Without the items of an axis, nothing over it can run.
    for node in reading.indices.reversed() where !readers[node].isEmpty && !axisSources.contains(node) {
      accepts[node] = readers[node].allSatisfy { reader in
        accepts[reader] || reading[reader].allSatisfy { $0.source != node || $0.acceptsFailures }
      }
      // A reader of one chosen item says nothing of the others.
      let isGathered = readers[node].contains { reading[$0].contains { $0.source == node && $0.choosing == nil } }
      accepts[node] = accepts[node] && isGathered
    }
    return accepts
  }

  // MARK: Known facts

  /// The state of `step`; of a node that is not expanded, that of all its steps.
  package func state(_ step: StepIndex) -> StepState {
    nodes[step.node].grid == nil ? stateOfAll(step.node) : nodes[step.node].state(step.item)
  }

  /// The key of `step`, once all that it reads has a result.
  package func key(of step: StepIndex) -> Digest? {
    nodes[step.node].grid == nil ? nil : nodes[step.node].key(step.item)
  }

  /// The key of a step all of whose inputs have a result.
  package func knownKey(of step: StepIndex) -> Digest {
    guard let key = key(of: step) else { preconditionFailure("\(address(step)) has no key yet") }
    return key
  }

  /// The result of `step`, if it has one; read from the store.
  package func record(of step: StepIndex) throws -> ResultRecord? {
    guard nodes[step.node].standings[step.item].hasResult, let key = key(of: step) else { return nil }
    return try store.result(key)
  }

  /// The lab whose result `step` has; nil: it was computed here, or there is none.
  package func lab(of step: StepIndex) throws -> String? {
    guard let key = key(of: step), try store.row(key)?.support != nil else { return nil }
    return try record(of: step)?.claimant
  }

  /// Seconds that the result of `step` took, if it has one.
  package func duration(of step: StepIndex) -> Double? {
    nodes[step.node].standings[step.item].hasResult ? Double(nodes[step.node].durations[step.item]) : nil
  }

  /// The steps of a node; nil while a run-time axis is unknown.
  package func grid(of node: Int) -> Grid? { nodes[node].grid }

  /// All steps that are known, in the order of the plan.
  package var steps: [StepIndex] {
    nodes.indices.flatMap { node in
      (0..<(nodes[node].grid?.count ?? 0)).map { StepIndex(node: node, item: $0) }
    }
  }

  /// `scores[k=6,task=tata]`
  package func address(_ step: StepIndex) -> String {
    let node = plan.nodes[step.node]
    guard let grid = nodes[step.node].grid, !node.axes.isEmpty else { return node.name }
    let parts = zip(node.axes, grid.ids(of: step.item)).map { "\(plan.axes[$0].name)=\($1)" }
    return "\(node.name)[\(parts.joined(separator: ","))]"
  }

  /// Calls `body` with each step that `step` reads, as often as it reads it.
  package func forEachUpstream(of step: StepIndex, _ body: (StepIndex) throws -> Void) rethrows {
    for (place, read) in reading[step.node].enumerated() {
      guard let map = nodes[step.node].sources[place] else { continue }
      let base = map.base(step.item)
      for offset in map.offsets { try body(StepIndex(node: read.source, item: base + offset)) }
    }
  }

  // MARK: Expanding

  /// Makes the steps of `node` once all its axes are known.
  func expand(_ node: Int) throws {
    guard selection.wants(node: node), nodes[node].grid == nil, let grid = try product(node) else { return }
    // The nodes that a node reads are expanded before it: a node has the run-time axes of what it reads,
    // but for gathered ones.
    for read in reading[node] where nodes[read.source].grid == nil { return }
    nodes[node].expand(grid)
    for read in reading[node] {
      guard let source = nodes[read.source].grid else { continue }
      nodes[node].sources.append(GridMap(from: grid, to: source))
      nodes[read.source].readers.append((node, GridMap(from: source, to: grid)))
    }
    nodes[node].encoder = IdentityEncoder(node: node, of: self)
    queue.reserveCapacity(queue.count + grid.count)
    owners.reserveCapacity(owners.count + grid.count)
    for item in 0..<grid.count {
      guard selection.wants(node: node, grid: grid, item: item, plan: plan) else {
        nodes[node].standings[item] = .unwanted
        continue
      }
      var waiting: Int32 = 0
      let step = StepIndex(node: node, item: item)
      forEachUpstream(of: step) { upstream in
        guard !isSettled(upstream) else { return }
        waiting += 1
        redoing[upstream]?.append(step)
      }
      nodes[node].waiting[item] = waiting
      if waiting == 0 { queue.append(step) }
    }
    // A node that gathers this one may have been waiting for it to be expanded.
    for consumer in consumers[node] { try expand(consumer) }
  }

  /// The product of the axes of `node`; nil while one of them is not known. Throws an `InputFinding` when it is too
  /// large, which planning finds where it knows the axes.
  func product(_ node: Int) throws -> Grid? {
    let numbers = plan.nodes[node].axes
    let ids = numbers.compactMap { axes[$0]?.ids }
    guard ids.count == numbers.count else { return nil }
    guard Plan.stepCount(ids.map(\.count)) != nil else {
      let factors = zip(numbers, ids).map { "\(plan.axes[$0].name) (\($1.count))" }.joined(separator: " x ")
      throw InputFinding(
        position: plan.nodes[node].position,
        message: "the stage '\(plan.nodes[node].name)' has more than \(Plan.stepLimit) steps: \(factors)")
    }
    return Grid(axes: numbers, ids: ids)
  }

  func isSettled(_ step: StepIndex) -> Bool { nodes[step.node].standings[step.item].isSettled }
}
