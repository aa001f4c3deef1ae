package import Artifacts
import Plans
import Resolving
package import Stores
import Syntax

extension Snapshot {
  /// The files and folders of the pipeline's inputs as steps read them, by the names of the inputs: of those that a
  /// step reads which had a key and whose pre-image the store has. Throws the store's errors.
  package func inputs(in store: Store) throws -> [String: ArtifactReference] {
    var found: [String: ArtifactReference] = [:]
    for node in plan?.nodes ?? [] {
      for (port, binding) in node.ports.sorted(by: { $0.key < $1.key }) {
        for (input, step) in steps(of: node, reading: binding) where found[input.name] == nil {
          guard input.source.localPath != nil, case .one(let artifact)? = try identity(step, in: store)?.ports[port]
          else { continue }
          found[input.name] = artifact
        }
      }
    }
    return found
  }

  /// The inputs that a port reads, each with the first step with a key that reads it.
  private func steps(of node: Plan.Node, reading port: Plan.PortBinding) -> [(input: Plan.Input, step: Step)] {
    guard let plan, let bindings = nodes[node.name] else { return [] }
    let known = (0..<bindings.count).filter { bindings.key(at: $0) != nil }
    switch port.source {
    case .input(let index):
      return known.prefix(1).map { (plan.inputs[index], Step(node: node.name, item: $0)) }
    case .axis(let axis):
      guard case .inputs(let items) = plan.axes[axis].items,
        let place = bindings.axes.firstIndex(of: plan.axes[axis].name)
      else { return [] }
      let byID = Dictionary(known.map { (bindings.ids(at: $0)[place], $0) }) { first, _ in first }
      return items.compactMap { id, input in
        byID[id].map { (plan.inputs[input], Step(node: node.name, item: $0)) }
      }
    case .output, .chosen, .text: return []
    }
  }
}
