import Artifacts
import Plans
import Resolving

extension Explainer {
  /// The consequences of a change for one node; a `Forecast` says how many of its steps run or wait.
  package struct Part: Sendable {
    package let node: Int
    package let name: String
    /// The nodes whose steps the waiting ones wait for.
    package let waitsFor: [Int]
    /// Steps that run with the other resolution too, with the same key.
    package let anyway: Int
    /// The steps that run or wait, each way in which they differ once, without what is behind them.
    package let reasons: [Reason]
  }

  /// The nodes with steps that run or wait, in the order of the plan.
  package func parts() throws -> [Part] {
    try resolution.plan.nodes.indices.filter(resolution.isWanted).compactMap(part)
  }

  private func part(_ node: Int) throws -> Part? {
    let grid = resolution.grid(of: node)
    var ready: [StepIndex] = []
    var waiting: [StepIndex] = []
    // The steps of a node that is not expanded are one here.
    for item in 0..<(grid?.count ?? 1) {
      let step = StepIndex(node: node, item: item)
      switch resolution.state(step) {
      case .ready, .running: ready.append(step)
      case .waiting: if !resolution.isShared(step) { waiting.append(step) }
      default: continue
      }
    }
    guard !ready.isEmpty || !waiting.isEmpty else { return nil }
    return Part(
      node: node, name: resolution.plan.nodes[node].name, waitsFor: waiting.first.map(pendingNodes) ?? [],
      anyway: grid.map { anyway(ready, $0) } ?? 0,
      reasons: try distinct(ready) + distinct(waiting).filter { !$0.changes.isEmpty })
  }

  /// How `steps`, which are of one node, differ from the pipeline as it is, each way once.
  private func distinct(_ steps: [StepIndex]) throws -> [Reason] {
    let comparison = Comparison(resolution, with: pipeline)
    return try comparison.groups(of: steps).map(comparison.reason)
  }

  /// The nodes of the unsettled steps that `step` reads.
  private func pendingNodes(of step: StepIndex) -> [Int] {
    resolution.upstream(of: [step]).compactMap { read in
      read.steps.first { resolution.state($0).isPending }?.node
    }
  }

  /// The number of `ready` steps with the key that they have in the baseline; 0 where the axes have other items.
  private func anyway(_ ready: [StepIndex], _ grid: Grid) -> Int {
    guard let pipeline, let first = ready.first, pipeline.hasSameGrid(resolution.plan.nodes[first.node].name, grid)
    else {
      return 0
    }
    return ready.count { resolution.key(of: $0) == pipeline.key(resolution.plan.nodes[$0.node].name, item: $0.item) }
  }
}
