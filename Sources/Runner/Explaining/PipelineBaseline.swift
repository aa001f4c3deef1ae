import Artifacts
import Plans
import Resolving

/// The pipeline as it is, for a question about a change of it.
final class PipelineBaseline: Baseline {
  private let resolution: Resolution
  private var nodes: [String: Int] = [:]
  private var kin: [String: [(step: String, facts: StepFacts)]] = [:]

  init(_ resolution: Resolution) {
    self.resolution = resolution
    for (index, node) in resolution.plan.nodes.enumerated() { nodes[node.name] = index }
  }

  let origin = Reason.Origin.pipeline

  func key(_ name: StepName) -> Digest? { step(name).flatMap(resolution.key(of:)) }
  func facts(_ name: StepName) throws -> StepFacts? { try step(name).map(resolution.facts) }

  private func step(_ name: StepName) -> StepIndex? {
    guard let node = nodes[name.node] else { return nil }
    guard let ids = name.ids, let grid = resolution.grid(of: node) else {
      return name.ids == nil || resolution.plan.nodes[node].axes.isEmpty ? StepIndex(node: node, item: 0) : nil
    }
    return grid.item(withIDs: ids).map { StepIndex(node: node, item: $0) }
  }

  /// Whether a node has these items here too, so that equal numbers are equal steps.
  func hasSameGrid(_ node: String, _ grid: Grid) -> Bool {
    nodes[node].flatMap { resolution.grid(of: $0) }?.ids == grid.ids
  }

  /// The key of a step by the number of its item.
  func key(_ node: String, item: Int) -> Digest? {
    nodes[node].flatMap { resolution.key(of: StepIndex(node: $0, item: item)) }
  }

  func kin(ofStage stage: String) throws -> [(step: String, facts: StepFacts)] {
    if let known = kin[stage] { return known }
    var result: [(step: String, facts: StepFacts)] = []
    for (index, node) in resolution.plan.nodes.enumerated() where node.declaration.name == stage {
      for item in (0..<(resolution.grid(of: index)?.count ?? 0)).spread(200) {
        let step = StepIndex(node: index, item: item)
        result.append((resolution.address(step), try resolution.facts(of: step)))
      }
    }
    kin[stage] = result
    return result
  }
}
