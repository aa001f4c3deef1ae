import Artifacts
import Plans
import Resolving

extension Explainer {
  /// What happens to the steps of one node; how many run or wait is for a `Forecast` to say.
  package struct Part: Sendable {
    package let node: Int
    package let name: String
    /// The nodes whose steps the waiting ones wait for.
    package let waitsFor: [Int]
    /// Steps that run with the other resolution too, with the same key.
    package let anyway: Int
    /// Of the steps that run or wait, those that differ from one another; without what is behind them.
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
}
