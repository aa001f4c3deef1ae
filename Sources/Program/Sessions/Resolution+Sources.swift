package import Artifacts
import Catalogs
import Plans
package import Resolving
import Stores

extension Resolution {
  /// The steps, and all of what their stages read, directly or not.
  package func withSources(_ steps: [StepIndex]) -> [StepIndex] {
    var nodes = Set(steps.map(\.node))
    var open = Array(nodes)
    while let node = open.popLast() {
      for source in plan.sources(of: node) where nodes.insert(source).inserted { open.append(source) }
    }
    let named = Set(steps.map(\.node))
    return steps + self.steps.filter { nodes.contains($0.node) && !named.contains($0.node) }
  }

  /// The keys of those steps that have a result.
  package func keys(of steps: some Sequence<StepIndex>) throws -> Set<Digest> {
    try Set(steps.compactMap { try record(of: $0) == nil ? nil : key(of: $0) })
  }

  /// The keys of the results that are inputs of those steps' stages: those that other pipelines made, and files of the
  /// web that were fetched.
  package func inputKeys(of steps: some Sequence<StepIndex>) throws -> Set<Digest> {
    let inputs = Set(Set(steps.map(\.node)).flatMap { plan.inputs(of: $0) })
    return try Set(inputs.compactMap { catalog.key(of: $0) }.filter { try store.row($0) != nil })
  }
}
