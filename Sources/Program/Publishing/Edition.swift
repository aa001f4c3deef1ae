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
    steps = resolution.withSources(chosen)
      .sorted { $0.node == $1.node ? $0.item < $1.item : $0.node < $1.node }
  }

  /// The keys of all results that it holds, those that are inputs among them.
  package func keys() throws -> Set<Digest> { try resolution.keys(of: steps).union(resolution.inputKeys(of: steps)) }

  /// The keys of the steps whose bytes go with a bundle of that size; nil: of all.
  package func keysWithBytes(_ size: BundleSize) throws -> Set<Digest>? {
    switch size {
    case .full: nil
    case .recipe: []
    case .results: try resolution.keys(of: chosen.filter { try !hasWeights($0) })
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
