import Artifacts
import Plans

extension Explainer {
  /// What happens to the steps of one node.
  package struct Part: Sendable {
    package let node: Int
    package let name: String
    package let certain: Int
    package let waiting: Int
    /// The nodes whose steps the waiting ones wait for.
    package let waitsFor: [Int]
    package let waitsForNames: [String]
    /// Steps that run with the other resolution too, with the same key.
    package let anyway: Int
    /// Of some steps that run or wait, those that differ from one another; without what is behind them.
    package let reasons: [Reason]
  }

  /// The nodes with steps that run or wait, in the order of the plan.
  package func parts() throws -> [Part] {
    try resolution.plan.nodes.indices.filter(resolution.isWanted).compactMap(part)
  }

  private func part(_ node: Int) throws -> Part? {
    let name = resolution.plan.nodes[node].name
    guard let grid = resolution.grid(of: node) else {
      let sources = resolution.plan.nodes[node].axes.compactMap { axis in
        if case .members(let source, _) = resolution.plan.axes[axis].items { source } else { nil as Int? }
      }
      guard !resolution.isComplete else { return nil }
      return Part(
        node: node, name: name, certain: 0, waiting: 0, waitsFor: sources,
        waitsForNames: sources.map { resolution.plan.nodes[$0].name }, anyway: 0, reasons: [])
    }
    var ready: [StepIndex] = []
    var waiting: [StepIndex] = []
    for item in 0..<grid.count {
      let step = StepIndex(node: node, item: item)
      switch resolution.state(step) {
      case .ready, .running: ready.append(step)
      case .waiting: if resolution.key(of: step) == nil { waiting.append(step) }
      default: continue
      }
    }
    guard !ready.isEmpty || !waiting.isEmpty else { return nil }
    let sources = waiting.first.map { pendingNodes(of: $0) } ?? []
    return Part(
      node: node, name: name, certain: ready.count, waiting: waiting.count, waitsFor: sources,
      waitsForNames: sources.map { resolution.plan.nodes[$0].name }, anyway: anyway(ready, grid),
      reasons: try distinct(ready) + distinct(waiting).filter { $0.changes.contains(where: \.isOwn) })
  }
}
