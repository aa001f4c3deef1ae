import Artifacts
import Catalogs
import Plans
import Resolving

/// The identity of a step as far as it is known: whole once the step has a key, else as far as the pipeline tells it.
struct StepFacts: Sendable {
  let identity: StepIdentity
  /// The ports that are bound to steps without a result yet, and the parameters and ports that come from an axis whose
  /// items are not known.
  let unknown: Set<String>
  /// The strings that ports are bound to, as far as a pipeline tells them.
  let texts: [String: String]

  /// The whole identity, as a store tells it.
  init(_ identity: StepIdentity) { self.init(identity: identity, unknown: [], texts: [:]) }

  init(identity: StepIdentity, unknown: Set<String>, texts: [String: String]) {
    self.identity = identity
    self.unknown = unknown
    self.texts = texts
  }
}

extension Resolution {
  /// The identity of `step` as far as it is known now.
  func facts(of step: StepIndex) throws -> StepFacts {
    let node = plan.nodes[step.node]
    let texts = node.ports.compactMapValues { text($0, of: step) }
    if key(of: step) != nil { return StepFacts(identity: try identity(of: step).identity, unknown: [], texts: texts) }
    var unknown: Set<String> = []
    var ports: [String: PortIdentity] = [:]
    for (name, binding) in node.ports {
      if isKnown(name, binding, of: step) { ports[name] = port(name, binding, of: step) } else { unknown.insert(name) }
    }
    ports[CommandTree.port] = catalog.commands.port(of: step.node)
    let parameters = parameters(of: step)
    unknown.formUnion(node.parameters.keys.filter { parameters[$0] == nil })
    let identity = node.declaration.identity(parameters: parameters, ports: ports)
    return StepFacts(identity: identity, unknown: unknown, texts: texts)
  }

  /// Whether the artifacts at a port of `step` are known already.
  private func isKnown(_ port: String, _ binding: Plan.PortBinding, of step: StepIndex) -> Bool {
    switch binding.source {
    case .input, .text: return true
    case .axis(let axis): return nodes[step.node].grid != nil && axes[axis] != nil
    case .chosen(let source, _, _):
      guard nodes[step.node].grid != nil, let place = reading[step.node].firstIndex(where: { $0.port == port }),
        let item = chosenItem(at: place, of: step)
      else { return false }
      return nodes[source].standings[item] == .done
    case .output(let source, _):
      guard nodes[step.node].grid != nil, let place = reading[step.node].firstIndex(where: { $0.port == port }),
        let map = nodes[step.node].sources[place]
      else { return false }
      let isGathering = !(plan.nodes[step.node].declaration.input(at: port)?.roles ?? []).isEmpty
      let base = map.base(step.item)
      return map.offsets.allSatisfy { offset in
        let standing = nodes[source].standings[base + offset]
        return standing == .done || isGathering && standing.isSettled
      }
    }
  }
}
