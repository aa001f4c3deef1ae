import Artifacts
package import Plans
package import Resolving
import Stores

/// The keys of all steps of a pipeline at one time: those that a run logged, or those that the pipeline has now.
package struct Snapshot {
  /// The id of a run, or `now`.
  package let name: String
  /// By node.
  package let nodes: [String: Bindings]
  /// The plan, which tells where nodes and parameters are written; nil where the text of then is not known or is no
  /// plan any more.
  package let plan: Plan?
  /// The pipeline as it is now: no pre-image of a step that has not run is in the store.
  private let resolution: Resolution?

  /// A step by its node and its ids, in the order of the node's axes.
  struct Step: Hashable {
    let node: String
    let item: Int
  }

  /// The keys that a run logged last. Bindings that the store has lost are in `lost`.
  /// - Parameter plan: that of the run's text.
  package static func of(_ run: PastRun, _ history: History, plan: Plan?) -> (snapshot: Snapshot, lost: [String]) {
    var (nodes, lost) = ([String: Bindings](), [String]())
    for (node, name) in run.bindings {
      if let bindings = history.bindings(name) { nodes[node] = bindings } else { lost.append(node) }
    }
    return (Snapshot(name: run.id, nodes: nodes, plan: plan, resolution: nil), lost.sorted())
  }

  /// The keys that the pipeline has now; steps that wait for others have none.
  package static func now(_ resolution: Resolution) throws -> Snapshot {
    var nodes: [String: Bindings] = [:]
    for (node, bytes) in History.bindings(of: resolution) { nodes[node] = try Bindings(decoding: bytes) }
    return Snapshot(name: "now", nodes: nodes, plan: resolution.plan, resolution: resolution)
  }

  /// The nodes in the order of the plan, then others by name. Those that are planned and have no bindings are among
  /// them: their steps are not known yet.
  var order: [String] {
    let planned = plan?.nodes.map(\.name) ?? []
    return planned + nodes.keys.filter { !planned.contains($0) }.sorted()
  }

  /// Whether there is such a node, with known steps or without.
  func has(_ node: String) -> Bool { nodes[node] != nil || plan?.nodes.contains { $0.name == node } ?? false }

  func address(_ step: Step) -> String { nodes[step.node]?.address(of: step.node, at: step.item) ?? step.node }
  func key(_ step: Step) -> Digest? { nodes[step.node]?.key(at: step.item) }

  /// The pre-image of a step with a key; nil where the store has lost it.
  func identity(_ step: Step, in store: Store) throws -> StepIdentity? {
    guard let key = key(step) else { return nil }
    if let resolution, let node = resolution.plan.nodes.firstIndex(where: { $0.name == step.node }) {
      return try resolution.identity(of: StepIndex(node: node, item: step.item)).identity
    }
    return try store.identity(key)?.identity
  }
}
