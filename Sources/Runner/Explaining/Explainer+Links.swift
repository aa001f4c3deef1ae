import Artifacts
import Plans
import Resolving

extension Explainer {
  /// How a step differs from its namesake in the baseline, else from the most similar step there.
  struct Difference {
    /// The step that it is compared with, when that is another.
    let kin: String?
    let changes: [Change]
  }

  /// Steps of one node that stand alike and differ from the baseline in the same way.
  struct Group {
    var steps: [StepIndex]
    /// How the first of them differs; nil: there is nothing to compare it with.
    let difference: Difference?
  }

  /// What the steps of a group have in common.
  private struct Way: Hashable {
    let standing: NodeTable.Standing
    let isShared: Bool
    let isNew: Bool
    let changes: [Change]?
  }

  /// `steps`, which are of one node, by how they differ, the most first; nothing behind them is looked at. Only some
  /// of the steps that the baseline lacks are, for there is more to compare each with.
  func groups(_ steps: [StepIndex], _ baseline: Baseline?) throws -> [Group] {
    var groups: [Group] = []
    var places: [Way: Int] = [:]
    func add(_ step: StepIndex, _ difference: Difference?) {
      let way = way(of: step, difference)
      if let place = places[way] {
        groups[place].steps.append(step)
      } else {
        places[way] = groups.count
        groups.append(Group(steps: [step], difference: difference))
      }
    }
    var new: [StepIndex] = []
    for step in steps {
      if let old = try baseline?.facts(resolution.name(of: step)) {
        let changes = fields.changes(from: old, to: try resolution.facts(of: step), of: step)
        add(step, Difference(kin: nil, changes: changes))
      } else if baseline == nil {
        add(step, nil)
      } else {
        new.append(step)
      }
    }
    for step in sample(new, Self.newLimit) { add(step, try baseline.flatMap { try mostSimilar(to: step, in: $0) }) }
    return groups.sorted { ($1.steps.count, $0.steps[0].item) < ($0.steps.count, $1.steps[0].item) }
  }

  private func way(of step: StepIndex, _ difference: Difference?) -> Way {
    let ports = resolution.plan.nodes[step.node].ports
    let changes = difference?.changes.map { change in
      // The port alone counts of an output of another step: a change in it is a cause behind it.
      ports[change.field].flatMap(resolution.plan.source(of:)) == nil ? change : change.withoutContent
    }
    return Way(
      standing: resolution.grid(of: step.node) == nil ? .waiting : resolution.nodes[step.node].standings[step.item],
      isShared: resolution.isShared(step), isNew: difference?.kin != nil, changes: changes)
  }

  private func mostSimilar(to step: StepIndex, in baseline: Baseline) throws -> Difference? {
    let facts = try resolution.facts(of: step)
    var best: Difference?
    for (name, old) in try baseline.kin(ofStage: facts.identity.stage) {
      let changes = fields.changes(from: old, to: facts, of: step)
      if changes.count < best?.changes.count ?? .max { best = Difference(kin: name, changes: changes) }
      if changes.isEmpty { break }
    }
    return best
  }

  /// Those of `steps`, which are of one node, that are looked at: all, or one for each item of each axis, since what
  /// the pipeline says of a step it says item by item; and no more than a limit.
  private func sample(_ steps: [StepIndex], _ limit: Int = Explainer.limit) -> [StepIndex] {
    guard steps.count > limit, let grid = resolution.grid(of: steps[0].node) else { return steps }
    var isSeen = grid.ids.map { [Bool](repeating: false, count: $0.count) }
    let cover = steps.filter { step in
      var isNew = false
      for position in isSeen.indices {
        let index = grid.index(of: step.item, at: position)
        if !isSeen[position][index] { (isSeen[position][index], isNew) = (true, true) }
      }
      return isNew
    }
    return cover.indices.spread(limit).map { cover[$0] }
  }

  /// How `steps`, which are of one node, differ from the baseline, each way once, without what is behind.
  func distinct(_ steps: [StepIndex]) throws -> [Reason] {
    try groups(sample(steps), pipeline).map { try link($0, pipeline, Self.depth) }
  }

  // MARK: The links behind a link

  /// The steps that wrote what changed at the ports of `steps`, which changed in the same way.
  func changedCauses(
    of steps: [StepIndex], _ changes: [Change], _ baseline: Baseline, _ depth: Int
  ) throws -> [Reason.Cause] {
    let changed = Set(changes.filter { !$0.isOwn }.map(\.field))
    return try upstream(of: steps, ports: changed).flatMap { read in
      let others = read.steps.filter { resolution.key(of: $0) != baseline.key(resolution.name(of: $0)) }
      return try causes(others, at: read.ports, baseline, depth)
    }
  }

  /// The steps that `steps` wait for.
  func pendingCauses(of steps: [StepIndex], _ baseline: Baseline?, _ depth: Int) throws -> [Reason.Cause] {
    try upstream(of: steps, ports: nil).flatMap { read in
      try causes(read.steps.filter { resolution.state($0).isPending }, at: read.ports, baseline, depth)
    }
  }

  /// `steps`, which are of one node, as causes: each group that the chain has not told of.
  private func causes(
    _ steps: [StepIndex], at ports: Set<String>, _ baseline: Baseline?, _ depth: Int
  ) throws -> [Reason.Cause] {
    let new = steps.filter { !told.contains($0) }
    guard !new.isEmpty else {
      return try steps.prefix(1).map { step in
        var reason = try bareReason(for: step)
        reason.isRepeated = true
        return Reason.Cause(reason: reason, ports: ports, others: steps.count - 1)
      }
    }
    told.formUnion(new)
    let groups = try groups(sample(new), baseline)
    var causes = try groups.prefix(Self.shown).map { group in
      Reason.Cause(reason: try link(group, baseline, depth + 1), ports: ports, others: group.steps.count - 1)
    }
    let rest = groups.dropFirst(Self.shown)
    untold += rest.map { (group: $0, baseline: baseline, depth: depth + 1) }
    causes[0].unseen = new.count - groups.reduce(0) { $0 + $1.steps.count }
    causes[causes.count - 1].unlike = rest.reduce(0) { $0 + $1.steps.count }
    return causes
  }

  // MARK: What is read

  /// The steps that `steps`, which are of one node, read at the named ports, or at all ports and for the items of axes:
  /// by node, in the order of the plan. A node that is not expanded reads, and is read, as a whole.
  private func upstream(
    of steps: [StepIndex], ports: Set<String>?
  ) -> [(steps: [StepIndex], ports: Set<String>)] {
    guard let node = steps.first?.node else { return [] }
    let plan = resolution.plan
    var readers: [Int: Set<String>] = [:]
    if ports == nil { for source in plan.sources(of: node) { readers[source] = [] } }
    for (name, binding) in plan.nodes[node].ports where ports?.contains(name) ?? true {
      if let source = plan.source(of: binding) { readers[source, default: []].insert(name) }
    }
    return readers.sorted { $0.key < $1.key }.map { source, ports in
      (items(of: source, readBy: steps).map { StepIndex(node: source, item: $0) }, ports)
    }
  }

  /// The items of a node that `steps`, which are of one node, read.
  private func items(of source: Int, readBy steps: [StepIndex]) -> [Int] {
    guard let other = resolution.grid(of: source) else { return [0] }
    guard let grid = resolution.grid(of: steps[0].node) else { return Array(0..<other.count) }
    let map = GridMap(from: grid, to: other)
    var items: Set<Int> = []
    for step in steps where items.count < other.count {
      let base = map.base(step.item)
      items.formUnion(map.offsets.lazy.map { base + $0 })
    }
    return items.sorted()
  }

  /// The nodes of the unsettled steps that `step` reads.
  func pendingNodes(of step: StepIndex) -> [Int] {
    upstream(of: [step], ports: nil).compactMap { read in read.steps.first { resolution.state($0).isPending }?.node }
  }

  /// The unsettled steps that `step` reads, by node.
  func awaited(by step: StepIndex) -> [Reason.Awaited] {
    let plan = resolution.plan
    return upstream(of: [step], ports: nil).compactMap { read in
      let open = read.steps.filter { resolution.state($0).isPending }
      guard let first = open.first else { return nil }
      let axis = plan.nodes[step.node].axes.first {
        resolution.axes[$0] == nil && plan.source(ofAxis: $0) == first.node
      }
      return Reason.Awaited(
        name: open.count == 1 ? resolution.address(first) : plan.nodes[first.node].name,
        count: resolution.grid(of: first.node) == nil ? nil : open.count, axis: axis.map { plan.axes[$0].name })
    }
  }

  /// How many of `ready` have the key that they have in the baseline. Only asked where nothing was added to the axes.
  func anyway(_ ready: [StepIndex], _ grid: Grid) -> Int {
    guard let pipeline, let first = ready.first, pipeline.hasSameGrid(resolution.plan.nodes[first.node].name, grid)
    else {
      return 0
    }
    return ready.count { resolution.key(of: $0) == pipeline.key(resolution.plan.nodes[$0.node].name, item: $0.item) }
  }
}

extension Change {
  /// The same for whatever content a port reads.
  fileprivate var withoutContent: Change {
    guard case .port(let name, _, _, let from, let position) = self else { return self }
    return .port(name: name, old: "", new: "", from: from, position: position)
  }
}
