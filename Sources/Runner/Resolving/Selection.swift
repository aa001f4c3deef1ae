package import Catalogs
package import Plans

/// The steps that a run is asked for, and those of them that run even if they have a result.
package struct Selection: Sendable {
  /// nil: all steps.
  private let targets: [Target]?
  let forced: [AddressPattern]
  /// Whether failures that are results are tried again.
  package let retriesFailed: Bool
  /// Outputs on demand that the steps are to leave in the store.
  let keeps: Set<String>

  private struct Target: Sendable {
    let pattern: AddressPattern
    /// The nodes that are asked for and those that they read, directly or not; for each, the axes on which the pattern
    /// chooses items. Behind a gather the gathered axes are free.
    let axes: [Int: Set<Int>]
  }

  /// - Parameters:
  ///   - only: steps to end at; what they read runs as needed. Empty: all.
  ///   - from: steps to begin at: these and all that reads them, and what those need besides. Empty: all.
  ///   - force: steps that run even if they have a result.
  ///   - retriesFailed: whether failures that are results are tried again.
  ///   - keeps: outputs on demand that the steps are to leave in the store, those with a result too.
  package init(
    plan: Plan, only: [AddressPattern], from: [AddressPattern], force: [AddressPattern], retriesFailed: Bool = false,
    keeps: Set<String> = []
  ) {
    self.keeps = keeps
    self.retriesFailed = retriesFailed
    forced = force
    guard !only.isEmpty || !from.isEmpty else {
      targets = nil
      return
    }
    var targets = only.map { pattern in
      let matching = plan.nodes.indices.filter { Self.names(pattern, $0, plan) }
      return Target(pattern: pattern, axes: Self.constraints(matching, plan))
    }
    for pattern in from {
      var after = Set(plan.nodes.indices.filter { Self.names(pattern, $0, plan) })
      for index in plan.nodes.indices where !after.isDisjoint(with: plan.sources(of: index)) { after.insert(index) }
      targets.append(Target(pattern: pattern, axes: Self.constraints(after.sorted(), plan)))
    }
    self.targets = targets
  }

  /// Whether steps of the node at `index` may match.
  private static func names(_ pattern: AddressPattern, _ index: Int, _ plan: Plan) -> Bool {
    let node = plan.nodes[index]
    return pattern.matches(node: node.name, axes: node.axes.map { plan.axes[$0].name })
  }

  private static func constraints(_ nodes: [Int], _ plan: Plan) -> [Int: Set<Int>] {
    var result: [Int: Set<Int>] = [:]
    for node in nodes { result[node] = Set(plan.nodes[node].axes) }
    let narrow = { (node: Int, axes: Set<Int>, result: inout [Int: Set<Int>]) in
      result[node] = result[node].map { $0.intersection(axes) } ?? axes.intersection(plan.nodes[node].axes)
    }
    for index in plan.nodes.indices.reversed() {
      guard let axes = result[index] else { continue }
      for binding in plan.nodes[index].ports.values {
        let free = binding.over.values.flatMap { $0.compactMap(\.axis) }
        for source in plan.sources(of: binding) { narrow(source, axes.subtracting(free), &result) }
      }
      // The node that makes an axis is one step.
      for source in plan.nodes[index].axes.compactMap(plan.source(ofAxis:)) { narrow(source, [], &result) }
    }
    return result
  }

  /// The inputs that the wanted nodes read: all that must be there before anything runs.
  package func inputs(of plan: Plan) -> Set<Int> {
    Set(nodes(of: plan).flatMap { plan.inputs(of: $0) })
  }

  /// The nodes of which steps are asked for.
  package func nodes(of plan: Plan) -> [Int] { plan.nodes.indices.filter(wants(node:)) }

  /// Whether any step of a node is asked for.
  package func wants(node: Int) -> Bool { targets?.contains { $0.axes[node] != nil } ?? true }

  /// A step is wanted if it has, on each axis that the pattern names, an id that the pattern accepts.
  func wants(node: Int, grid: Grid, item: Int, plan: Plan) -> Bool {
    guard let targets else { return true }
    return targets.contains { target in
      guard let axes = target.axes[node] else { return false }
      return Self.accepts(target.pattern, grid, item, plan, on: axes)
    }
  }

  /// The outputs on demand that a step which is named is to leave in the store; with no name, every step.
  func keeps(node: Int, grid: Grid, item: Int, plan: Plan) -> Set<String> {
    guard let targets, !keeps.isEmpty else { return keeps }
    let isNamed = targets.contains {
      Self.names($0.pattern, node, plan) && Self.accepts($0.pattern, grid, item, plan, on: Set(grid.axes))
    }
    return isNamed ? keeps : []
  }

  func forces(node: Int, grid: Grid?, item: Int, plan: Plan) -> Bool {
    guard let grid else { return false }
    return forced.contains { Self.names($0, node, plan) && Self.accepts($0, grid, item, plan, on: Set(grid.axes)) }
  }

  private static func accepts(
    _ pattern: AddressPattern, _ grid: Grid, _ item: Int, _ plan: Plan, on axes: Set<Int>
  ) -> Bool {
    grid.axes.indices.allSatisfy { position in
      guard axes.contains(grid.axes[position]) else { return true }
      let id = grid.ids[position][grid.index(of: item, at: position)]
      return pattern.matches(axis: plan.axes[grid.axes[position]].name, id: id)
    }
  }
}

extension Plan {
  /// The inputs that the steps of a node read.
  package func inputs(of node: Int) -> Set<Int> {
    var result: Set<Int> = []
    for binding in nodes[node].ports.values {
      switch binding.source {
      case .input(let input): result.insert(input)
      case .axis(let axis):
        if case .inputs(let items) = axes[axis].items { result.formUnion(items.map(\.input)) }
      case .output, .chosen, .text: break
      }
    }
    return result
  }
}

extension InputCatalog {
  /// Digests the inputs and the code that wanted nodes read; returns all of their faults.
  package func resolve(_ selection: Selection) -> [InputFinding] {
    resolve(selection.inputs(of: plan), commandsOf: selection.nodes(of: plan))
  }
}
