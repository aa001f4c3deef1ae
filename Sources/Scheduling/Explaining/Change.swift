package import Artifacts
package import Plans

/// One field of a step's identity that differs from an earlier step's. A field is named as the key names it.
package enum Change: Hashable, Sendable {
  /// The step runs another stage.
  case stage(old: String, new: String)
  case version(old: Int, new: Int)
  /// Values as a person writes them; a value left out of the key is shown as the value that it stands for.
  /// `position` is where the new value is written, nil for a default; `axis` names the axis that it comes from.
  case parameter(name: String, old: String, new: String, position: Position?, axis: String?)
  /// What a port reads has another content, kind or format. `from` says what it is bound to.
  case port(name: String, old: String, new: String, from: String?, position: Position?)

  /// The name of the field.
  package var field: String {
    switch self {
    case .stage: "stage"
    case .version: "behaviour version"
    case .parameter(let name, _, _, _, _), .port(let name, _, _, _, _): name
    }
  }

  /// Whether it is an edit of the step itself, not of what it reads.
  package var isOwn: Bool {
    if case .port = self { return false }
    return true
  }
}

/// What is known of the identity of a step: all of it once it has a key, else what the pipeline says of it.
package struct StepFacts: Sendable {
  package let identity: StepIdentity
  /// False: a step that it reads has no result yet, so ports are missing.
  package let isWhole: Bool
}

extension Resolution {
  /// What is known of `step` now.
  package func facts(of step: StepIndex) throws -> StepFacts {
    if key(of: step) != nil { return StepFacts(identity: try identity(of: step).identity, isWhole: true) }
    let node = plan.nodes[step.node]
    let parameters = knownParameters(of: step)
    var ports: [String: PortIdentity] = [:]
    for (name, binding) in node.ports {
      if case .input(let index) = binding.source { ports[name] = .one(catalog.reference(index)) }
    }
    ports[CommandTree.port] = catalog.commands.port(of: step.node)
    return StepFacts(identity: node.declaration.identity(parameters: parameters, ports: ports), isWhole: false)
  }
}

extension Grid {
  /// The id of `item` on a plan axis, or nil when the grid lacks it.
  package func id(of item: Int, on axis: Int) -> String? {
    position(ofAxis: axis).map { ids[$0][index(of: item, at: $0)] }
  }

  /// The item that has these ids, in the order of the axes.
  package func item(withIDs wanted: [String]) -> Int? {
    guard wanted.count == axes.count else { return nil }
    var item = 0
    for (position, id) in wanted.enumerated() {
      guard let index = Bindings.index(of: id, in: ids[position]) else { return nil }
      item += index * strides[position]
    }
    return item
  }
}

/// Compares identities field by field, for one plan.
struct FieldComparison {
  let resolution: Resolution
  /// The text of a small artifact, where the store has it.
  let content: (ArtifactReference) -> String?

  /// What differs from `old` to `new`, which are facts of `step` or of one that it is compared with. Of a port that is
  /// not known yet nothing is said.
  func changes(from old: StepFacts, to new: StepFacts, of step: StepIndex) -> [Change] {
    let (before, after) = (old.identity, new.identity)
    guard before.stage == after.stage else { return [.stage(old: before.stage, new: after.stage)] }
    var changes: [Change] = []
    if before.version != after.version { changes.append(.version(old: before.version, new: after.version)) }
    changes += parameters(before, after, step)
    let isWhole = old.isWhole && new.isWhole
    for name in Set(before.ports.keys).union(after.ports.keys).sorted() where before.ports[name] != after.ports[name] {
      if name == CommandTree.port {
        changes += CommandChanges(catalog: resolution.catalog.commands, store: resolution.store)
          .changes(before.ports[name], after.ports[name], of: resolution.plan.nodes[step.node], step.node)
        continue
      }
      if !isWhole && (before.ports[name] == nil || after.ports[name] == nil) { continue }
      changes.append(port(name, before.ports[name], after.ports[name], step))
    }
    return changes
  }

  private func parameters(_ old: StepIdentity, _ new: StepIdentity, _ step: StepIndex) -> [Change] {
    let node = resolution.plan.nodes[step.node]
    let before = old.parameters.merging(old.horizon) { a, _ in a }
    let after = new.parameters.merging(new.horizon) { a, _ in a }
    return Set(before.keys).union(after.keys).sorted().filter { before[$0] != after[$0] }.map { name in
      let neutral = node.declaration.parameter(name)?.neutral
      let words = { (value: Value?) in (value ?? neutral)?.description ?? "(not set)" }
      let binding = node.parameters[name]
      var axis: Plan.Axis?
      if case .axis(let index)? = binding?.source { axis = resolution.plan.axes[index] }
      // The value of an item is written where the axis is, not where the axis is used.
      return .parameter(
        name: name, old: words(before[name]), new: words(after[name]), position: axis?.position ?? binding?.position,
        axis: axis?.name)
    }
  }

  private func port(_ name: String, _ old: PortIdentity?, _ new: PortIdentity?, _ step: StepIndex) -> Change {
    let (origin, position) = origin(of: name, step.node)
    if case .gathered(let before)? = old, case .gathered(let after)? = new {
      let (from, to) = Self.words(before, after)
      return .port(name: name, old: from, new: to, from: origin, position: position)
    }
    return .port(
      name: name, old: words(old), new: text(at: name, of: step) ?? words(new), from: origin, position: position)
  }

  /// The string that a port is bound to, if it is one.
  func text(at port: String, of step: StepIndex) -> String? {
    switch resolution.plan.nodes[step.node].ports[port]?.source {
    case .text(let text)?: return text
    case .axis(let axis)?:
      let id = resolution.grid(of: step.node)?.id(of: step.item, on: axis)
      return id.flatMap { resolution.plan.axes[axis].value(of: $0)?.description }
    default: return nil
    }
  }

  /// What a port is bound to, in words, and where that is written.
  func origin(of port: String, _ node: Int) -> (words: String?, position: Position?) {
    let plan = resolution.plan
    guard let binding = plan.nodes[node].ports[port] else { return (nil, nil) }
    switch binding.source {
    case .input(let index): return ("the input \(plan.inputs[index].path)", plan.inputs[index].position)
    case .output(let node, let port): return ("\(plan.nodes[node].name).\(port)", binding.position)
    case .axis(let axis): return ("the axis \(plan.axes[axis].name)", plan.axes[axis].position)
    case .text: return (nil, binding.position)
    }
  }

  func words(_ port: PortIdentity?) -> String {
    switch port {
    case nil: return "(not bound)"
    case .gathered(let items)?: return "\(items.count) items"
    case .one(let artifact)?:
      if let text = content(artifact) { return text }
      let format = artifact.format.isEmpty ? "" : " as \(artifact.format)"
      return "\(artifact.kind) \(artifact.digest.short)\(format)"
    }
  }

  /// How two gathers differ: items that are new, gone, or of another content.
  private static func words(_ old: [GatheredIdentity], _ new: [GatheredIdentity]) -> (old: String, new: String) {
    let before = Dictionary(old.map { ($0.ids, $0.artifact) }) { first, _ in first }
    let added = new.filter { before[$0.ids] == nil }
    let changed = new.filter { item in before[item.ids].map { $0 != item.artifact } ?? false }
    let removed = old.count - (new.count - added.count)
    var parts: [String] = []
    if let first = added.first {
      let name = first.ids.sorted { $0.key < $1.key }.flatMap(\.value).joined(separator: ",")
      parts.append(added.count == 1 ? "'\(name)' is new" : "'\(name)' and \(added.count - 1) more are new")
    }
    if removed > 0 { parts.append("\(removed) gone") }
    if !changed.isEmpty { parts.append("\(changed.count) changed") }
    return ("\(old.count) items", "\(new.count) items" + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")))
  }
}
