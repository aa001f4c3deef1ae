package import Artifacts
import Plans
package import Resolving
package import Sessions
import Sharing
import Stores

/// The steps of a pipeline that are published: those that were chosen, and all that these come from.
package struct Edition {
  let session: Session
  package let resolution: Resolution
  /// In the order of the plan.
  package let steps: [StepIndex]
  package let chosen: Set<StepIndex>
  /// The lab that publishes.
  package let lab: String

  package init(_ session: Session, _ resolution: Resolution, chosen: [StepIndex], lab: String) {
    (self.session, self.resolution, self.lab) = (session, resolution, lab)
    self.chosen = Set(chosen)
    steps = Self.sources(of: chosen, resolution)
      .sorted { $0.node == $1.node ? $0.item < $1.item : $0.node < $1.node }
  }

  /// The steps, and all of what their stages read, directly or not.
  private static func sources(of steps: [StepIndex], _ resolution: Resolution) -> [StepIndex] {
    var nodes = Set(steps.map(\.node))
    var open = Array(nodes)
    while let node = open.popLast() {
      for source in resolution.plan.sources(of: node) where nodes.insert(source).inserted { open.append(source) }
    }
    let named = Set(steps.map(\.node))
    return steps + resolution.steps.filter { nodes.contains($0.node) && !named.contains($0.node) }
  }

  /// The keys of those of the steps that have a result.
  package func keys(_ steps: some Sequence<StepIndex>) throws -> Set<Digest> {
    try Set(steps.compactMap { try resolution.record(of: $0) == nil ? nil : resolution.key(of: $0) })
  }

  /// The keys of the steps whose bytes go with a bundle of that size; nil: of all.
  package func keysWithBytes(_ size: BundleSize) throws -> Set<Digest>? {
    switch size {
    case .full: nil
    case .recipe: []
    case .results: try keys(chosen.filter { try !hasWeights($0) })
    }
  }

  /// Whether the store has the bytes of weights that a step has written.
  private func hasWeights(_ step: StepIndex) throws -> Bool {
    guard case .outputs(let outputs)? = try resolution.record(of: step)?.outcome else { return false }
    return try outputs.values.contains {
      try Weights.kinds.contains($0.artifact.kind) && resolution.store.holds($0)
    }
  }

  /// The facts of a step; nil without a result.
  func facts(of step: StepIndex) throws -> StepFacts? {
    guard let key = resolution.key(of: step), let record = try resolution.record(of: step),
      let identity = try resolution.store.identity(key)?.identity
    else { return nil }
    let claimant = record.claimant
    return StepFacts(
      step: step, address: resolution.address(step), key: key, record: record, identity: identity,
      maker: claimant ?? lab, isOwn: claimant == nil)
  }
}
