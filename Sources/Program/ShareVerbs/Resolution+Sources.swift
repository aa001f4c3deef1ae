import Artifacts
import Plans
import Resolving

extension Resolution {
  /// The steps, and all of what their stages read, directly or not.
  func withSources(_ steps: [StepIndex]) -> [StepIndex] {
    var nodes = Set(steps.map(\.node))
    var open = Array(nodes)
    while let node = open.popLast() {
      for source in plan.sources(of: node) where nodes.insert(source).inserted { open.append(source) }
    }
    let named = Set(steps.map(\.node))
    return steps + self.steps.filter { nodes.contains($0.node) && !named.contains($0.node) }
  }

  /// The keys of those steps that have a result.
  func keys(of steps: [StepIndex]) throws -> Set<Digest> {
    try Set(steps.compactMap { try record(of: $0) == nil ? nil : key(of: $0) })
  }
}
