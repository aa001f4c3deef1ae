package import Artifacts
package import Plans
package import Stores

/// One step: an item of a node.
package struct StepIndex: Hashable, Sendable {
  package let node: Int
  package let item: Int
  package init(node: Int, item: Int) {
    self.node = node
    self.item = item
  }
}

/// Where a step stands.
package enum StepState: Sendable {
  /// Not asked for.
  case unwanted
  /// What it reads is not known yet.
  case waiting
  /// It can run, and must: see the reason.
  case ready
  case running
  /// It has a result.
  case done
  /// Its result is a failure.
  case failed(StageFailure)
  /// It cannot run: something that it reads failed. `isResult` when that was a result.
  case skipped(because: String, isResult: Bool)
  /// The environment failed it in this run.
  case broken(String)

  var isSettled: Bool {
    switch self {
    case .done, .failed, .skipped, .broken: true
    case .unwanted, .waiting, .ready, .running: false
    }
  }
}

/// What a plan comes to against a store: for each step its key and state, as far as results are known.
///
/// A step is settled as soon as all that it reads has a result; a result settles what reads it. Every step and every
/// edge is
/// visited once, so the work is linear in them.
package final class Resolution {
  package struct NodeState {
    /// nil while a run-time axis is unknown.
    package var grid: Grid?
    package var states: [StepState] = []
    package var keys: [Digest?] = []
    package var records: [ResultRecord?] = []
    /// Results that were found, not made in this run.
    package var reused: [Bool] = []
    var waiting: [Int32] = []
  }

  package let plan: Plan
  package let store: Store
  package let catalog: InputCatalog
  package internal(set) var nodes: [NodeState]
  package internal(set) var axes: [AxisItems?]
  /// Steps that can run, in the order in which they became so.
  package internal(set) var ready: [StepIndex] = []

  let selection: Selection
  let consumers: [[(node: Int, port: String)]]
  let constants: [NodeConstants]
  var owners: [Digest: [StepIndex]] = [:]
  /// Failures that this run has told already.
  private var told: Set<StepIndex> = []
  var redoing: [StepIndex: [StepIndex]] = [:]
  private var queue: [StepIndex] = []
  private var queued = 0

  /// Resolves all that can be without running anything. Inputs must have been resolved in `catalog`.
  package init(plan: Plan, store: Store, catalog: InputCatalog, selection: Selection) throws {
    self.plan = plan
    self.store = store
    self.catalog = catalog
    self.selection = selection
    nodes = Array(repeating: NodeState(), count: plan.nodes.count)
    var consumers = [[(node: Int, port: String)]](repeating: [], count: plan.nodes.count)
    for (index, node) in plan.nodes.enumerated() {
      for (port, binding) in node.ports.sorted(by: { $0.key < $1.key }) {
        if case .output(let upstream, _) = binding.source { consumers[upstream].append((index, port)) }
      }
    }
    self.consumers = consumers
    constants = plan.nodes.map(NodeConstants.init)
    axes = plan.axes.map { axis in
      switch axis.items {
      case .values(let items): AxisItems(ids: items.map(\.id), payload: .values(items.map(\.value)))
      case .inputs(let items): AxisItems(ids: items.map(\.id), payload: .inputs(items.map(\.input)))
      case .members: nil
      }
    }
    for node in plan.nodes.indices { try expand(node) }
    try drain()
  }

  package func state(_ step: StepIndex) -> StepState { nodes[step.node].states[step.item] }

  /// The key of `step`, once all that it reads has a result.
  package func key(of step: StepIndex) -> Digest? { nodes[step.node].keys[step.item] }

  /// The result of `step`, if it has one.
  package func record(of step: StepIndex) throws -> ResultRecord? { nodes[step.node].records[step.item] }

  /// The steps of a node; nil while a run-time axis is unknown.
  package func grid(of node: Int) -> Grid? { nodes[node].grid }

  /// `scores[k=6,task=tata]`
  package func address(_ step: StepIndex) -> String {
    let node = plan.nodes[step.node]
    guard let grid = nodes[step.node].grid, !node.axes.isEmpty else { return node.name }
    let parts = zip(node.axes, grid.ids(of: step.item)).map { "\(plan.axes[$0].name)=\($1)" }
    return "\(node.name)[\(parts.joined(separator: ","))]"
  }

  /// Makes the steps of `node` once all its axes are known.
  private func expand(_ node: Int) throws {
    let axisNumbers = plan.nodes[node].axes
    guard selection.wants(node: node), nodes[node].grid == nil else { return }
    var ids: [[String]] = []
    for axis in axisNumbers {
      guard let items = axes[axis] else { return }
      ids.append(items.ids)
    }
    // What a node reads is expanded before it: a node has the run-time axes of what it reads, but for gathered ones.
    for case .output(let upstream, _) in plan.nodes[node].ports.values.map(\.source) where nodes[upstream].grid == nil {
      return
    }
    let grid = Grid(axes: axisNumbers, ids: ids)
    nodes[node].grid = grid
    nodes[node].states = Array(repeating: .waiting, count: grid.count)
    nodes[node].keys = Array(repeating: nil, count: grid.count)
    nodes[node].records = Array(repeating: nil, count: grid.count)
    nodes[node].reused = Array(repeating: false, count: grid.count)
    nodes[node].waiting = Array(repeating: 0, count: grid.count)
    for item in 0..<grid.count {
      guard selection.wants(node: node, grid: grid, item: item, plan: plan) else {
        nodes[node].states[item] = .unwanted
        continue
      }
      var waiting: Int32 = 0
      let step = StepIndex(node: node, item: item)
      forEachUpstream(of: step) { upstream in
        guard !state(upstream).isSettled else { return }
        waiting += 1
        redoing[upstream]?.append(step)
      }
      nodes[node].waiting[item] = waiting
      if waiting == 0 { queue.append(StepIndex(node: node, item: item)) }
    }
    // A node that gathers this one may have been waiting for it to be expanded.
    for consumer in consumers[node] { try expand(consumer.node) }
  }

  /// Calls `body` with each step that `step` reads, as often as it reads it.
  func forEachUpstream(of step: StepIndex, _ body: (StepIndex) -> Void) {
    guard let grid = nodes[step.node].grid else { return }
    let coordinates = grid.coordinates(of: step.item)
    for binding in plan.nodes[step.node].ports.values {
      guard case .output(let upstream, _) = binding.source, let upstreamGrid = nodes[upstream].grid else { continue }
      for item in upstreamGrid.items(where: coordinates) { body(StepIndex(node: upstream, item: item)) }
    }
  }

  /// Settles every step whose turn it is, and what follows from that.
  func drain() throws {
    while queued < queue.count {
      let step = queue[queued]
      queued += 1
      try settle(step)
    }
    queue.removeAll(keepingCapacity: true)
    queued = 0
  }

  private func settle(_ step: StepIndex) throws {
    if let obstacle = obstacle(of: step) {
      nodes[step.node].states[step.item] = obstacle
      try propagate(step)
      return
    }
    let key = try identity(of: step).identity.key
    nodes[step.node].keys[step.item] = key
    if let first = owners[key]?.first, first != step {
      owners[key]?.append(step)
      if state(first).isSettled { try follow(step, first) }
      return
    }
    owners[key] = [step]
    if redoing[step] == nil,
      !isForced(step),
      let record = try store.result(key), try consumers[step.node].isEmpty ? store.holds(record) : true
    {
      nodes[step.node].reused[step.item] = true
      try conclude(step, record)
    } else {
      nodes[step.node].states[step.item] = .ready
      ready.append(step)
    }
  }

  /// Whether the step runs even if it has a result.
  func isForced(_ step: StepIndex) -> Bool {
    selection.forces(node: step.node, grid: nodes[step.node].grid, item: step.item, plan: plan)
  }

  /// Why `step` cannot run, if something that it reads failed.
  private func obstacle(of step: StepIndex) -> StepState? {
    guard let grid = nodes[step.node].grid else { return nil }
    let coordinates = grid.coordinates(of: step.item)
    for (name, binding) in plan.nodes[step.node].ports.sorted(by: { $0.key < $1.key }) {
      guard case .output(let upstream, _) = binding.source, let upstreamGrid = nodes[upstream].grid else { continue }
      let accepts = plan.nodes[step.node].declaration.input(name)?.acceptsFailures ?? false
      for item in upstreamGrid.items(where: coordinates) {
        let source = StepIndex(node: upstream, item: item)
        switch state(source) {
        case .failed where !accepts: return .skipped(because: address(source), isResult: true)
        case .skipped(let because, let isResult) where !(accepts && isResult):
          return .skipped(because: because, isResult: isResult)
        case .broken: return .skipped(because: address(source), isResult: false)
        default: continue
        }
      }
    }
    return nil
  }

  /// Gives `step` the result of the step with the same key.
  private func follow(_ step: StepIndex, _ first: StepIndex) throws {
    nodes[step.node].states[step.item] = state(first)
    nodes[step.node].records[step.item] = nodes[first.node].records[first.item]
    nodes[step.node].reused[step.item] = true
    try propagate(step)
  }

  /// Notes the result of a step and settles what waited for it.
  private func conclude(_ step: StepIndex, _ record: ResultRecord) throws {
    nodes[step.node].records[step.item] = record
    switch record.outcome {
    case .outputs: nodes[step.node].states[step.item] = .done
    case .failure(let code, let message):
      nodes[step.node].states[step.item] = .failed(StageFailure(code: code, message))
    }
    try propagate(step)
  }

  /// The step ended in this run, with what the store now holds under its key, or broken.
  package func finish(
    _ step: StepIndex, _ outcome: Result<ResultRecord, StageFailure>, isReused: Bool
  ) throws {
    nodes[step.node].reused[step.item] = isReused
    switch outcome {
    case .success(let record): try conclude(step, record)
    case .failure(let failure):
      nodes[step.node].states[step.item] = .broken(failure.message)
      try propagate(step)
    }
    if let key = nodes[step.node].keys[step.item] {
      for other in owners[key] ?? [] where other != step && !state(other).isSettled { try follow(other, step) }
    }
    try drain()
  }

  package func begin(_ step: StepIndex) { nodes[step.node].states[step.item] = .running }
  package func putBack(_ step: StepIndex) {
    nodes[step.node].states[step.item] = .ready
    ready.append(step)
  }
  package func takeReady() -> [StepIndex] {
    defer { ready.removeAll() }
    return ready
  }

  private func propagate(_ step: StepIndex) throws {
    if let waiters = redoing.removeValue(forKey: step) {
      for waiter in waiters { release(waiter) }
      return
    }
    learnAxes(from: step)
    guard let grid = nodes[step.node].grid else { return }
    let coordinates = grid.coordinates(of: step.item)
    for consumer in consumers[step.node] {
      guard let consumerGrid = nodes[consumer.node].grid else { continue }
      for item in consumerGrid.items(where: coordinates) { release(StepIndex(node: consumer.node, item: item)) }
    }
    for node in plan.nodes.indices where nodes[node].grid == nil { try expand(node) }
  }

  private func release(_ step: StepIndex) {
    guard case .waiting = state(step), nodes[step.node].waiting[step.item] > 0 else { return }
    nodes[step.node].waiting[step.item] -= 1
    if nodes[step.node].waiting[step.item] == 0 { queue.append(step) }
  }

  /// Fills the run-time axes whose items `step` wrote.
  private func learnAxes(from step: StepIndex) {
    for (index, axis) in plan.axes.enumerated() where axes[index] == nil {
      guard case .members(let node, let port) = axis.items, node == step.node,
        case .outputs(let outputs)? = nodes[node].records[step.item]?.outcome, let output = outputs[port],
        let manifest = output.manifest
      else { continue }
      let kind = plan.nodes[node].declaration.output(port)?.member ?? output.artifact.kind
      let members = manifest.entries.map {
        ArtifactReference(kind: kind, format: "", options: [:], layout: .file, digest: $0.digest, size: $0.size)
      }
      axes[index] = AxisItems(ids: manifest.entries.map(\.name), payload: .members(members))
    }
  }

  /// The failure of `step` was told when it happened.
  func noteTold(_ step: StepIndex) { told.insert(step) }

  /// Counts how every wanted step stands, and tells of failures that were not told, and of skips.
  package func tally(_ emit: (Event) -> Void) -> RunSummary {
    var summary = RunSummary()
    for (node, state) in nodes.enumerated() where selection.wants(node: node) {
      if state.grid == nil { summary.pending += 1 }
      for (item, one) in state.states.enumerated() {
        let step = StepIndex(node: node, item: item)
        switch one {
        case .done: if state.reused[item] { summary.reused += 1 }
        case .failed(let failure):
          let isAccepted = acceptsFailure(of: step)
          if isAccepted { summary.accepted += 1 } else { summary.failed += 1 }
          guard !told.contains(step) else { continue }
          emit(
            .stepFailed(
              step: address(step), key: state.keys[item]?.hex ?? "", code: failure.code, message: failure.message,
              isAccepted: isAccepted))
        case .broken: summary.failed += 1
        case .skipped(let because, let isResult):
          if !(isResult && acceptsFailure(of: step)) { summary.skipped += 1 }
          emit(.stepSkipped(step: address(step), because: because))
        case .waiting, .ready, .running: summary.pending += 1
        case .unwanted: continue
        }
      }
    }
    return summary
  }

  /// Runs `upstream` again because `step` needs its bytes, which are gone; `step` waits.
  package func redo(_ upstream: StepIndex, for step: StepIndex) throws {
    // Steps with the same key wait with it.
    var group = [step]
    if let key = nodes[step.node].keys[step.item], let others = owners.removeValue(forKey: key) {
      group = others.filter { !state($0).isSettled }
    }
    if redoing[upstream] == nil {
      redoing[upstream] = []
      nodes[upstream.node].reused[upstream.item] = false
      putBack(upstream)
    }
    for member in group {
      nodes[member.node].states[member.item] = .waiting
      nodes[member.node].waiting[member.item] += 1
      redoing[upstream]?.append(member)
    }
  }

  /// `step` has another identity than when it became ready: what it reads was made again and came out different.
  func settleAgain(_ step: StepIndex) throws {
    if let key = nodes[step.node].keys[step.item] { owners[key]?.removeAll { $0 == step } }
    nodes[step.node].states[step.item] = .waiting
    queue.append(step)
    try drain()
  }
}
