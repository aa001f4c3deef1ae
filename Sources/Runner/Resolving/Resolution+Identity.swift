package import Artifacts
import Catalogs
package import Plans
import Wording

extension Resolution {
  /// The identity of `step`, and the sources of bytes that live inside records. Everything that it reads must
  /// have a result.
  package func identity(of step: StepIndex) throws -> (identity: StepIdentity, sources: [Digest: Digest]) {
    let node = plan.nodes[step.node]
    var sources: [Digest: Digest] = [:]
    var ports: [String: PortIdentity] = [:]
    for (name, binding) in node.ports {
      ports[name] = port(name, binding, of: step) { sources[$0] = $1 }
    }
    ports[CommandTree.port] = catalog.commands.port(of: step.node)
    return (node.declaration.identity(parameters: parameters(of: step), ports: ports), sources)
  }

  /// The key of a step, whose sources are all settled: the digest of the identity that `identity(of:)` gives.
  package func encodedKey(of step: StepIndex) -> Digest {
    guard let grid = nodes[step.node].grid, let encoder = nodes[step.node].encoder else {
      preconditionFailure("a step of a node that is not expanded")
    }
    encoding.removeAll()
    encoder.encode(step.item, grid, self, nodes[step.node].sources, to: &encoding)
    return .of(encoding.bytes)
  }

  /// The parameters of `step`, of one role or of all, in their declared types. Parameters that come from an axis whose
  /// items are not known yet are left out.
  package func parameters(of step: StepIndex, _ role: Parameter.Role? = nil) -> [String: Value] {
    var values: [String: Value] = [:]
    for parameter in plan.nodes[step.node].declaration.parameters where role == nil || parameter.role == role {
      values[parameter.name] = value(of: parameter, in: step)
    }
    return values
  }

  private func value(of parameter: Parameter, in step: StepIndex) -> Value? {
    switch plan.nodes[step.node].parameters[parameter.name]?.source {
    case nil: return nil
    case .value(let value)?: return value
    case .axis(let axis, let values)?: return index(of: step, on: axis).map { values[$0] }
    }
  }

  /// The index of `step` on an axis; nil when its node lacks it.
  package func index(of step: StepIndex, on axis: Int) -> Int? {
    guard let grid = nodes[step.node].grid, let position = grid.position(ofAxis: axis) else { return nil }
    return grid.index(of: step.item, at: position)
  }

  // MARK: Ports

  /// The identity of a port of `step`. `note` is told, for artifacts that other steps wrote, the digest and the key
  /// of the step.
  package func port(
    _ name: String, _ binding: Plan.PortBinding, of step: StepIndex, note: (Digest, Digest) -> Void = { _, _ in }
  ) -> PortIdentity {
    let node = plan.nodes[step.node]
    let isGathering = !(node.declaration.input(at: name)?.roles ?? []).isEmpty
    switch binding.source {
    case .input(let index):
      let reference = input(index, note)
      guard isGathering else { return .one(reference) }
      return .gathered([GatheredIdentity(ids: binding.ids { _ in nil }, artifact: reference)])
    case .text(let text): return .one(textArtifact(text, at: name, of: node))
    case .output(let source, let port):
      guard let place = reading[step.node].firstIndex(where: { $0.port == name }),
        let map = nodes[step.node].sources[place]
      else { preconditionFailure("a source is not expanded") }
      guard isGathering else {
        let source = StepIndex(node: source, item: map.base(step.item))
        guard let reference = output(port, of: source, note) else { preconditionFailure("a source has no result") }
        return .one(reference)
      }
      return .gathered(gather(binding, source, port, map.items(step.item), note))
    case .chosen(let source, let port, _):
      guard let place = reading[step.node].firstIndex(where: { $0.port == name }),
        let item = chosenItem(at: place, of: step),
        let reference = output(port, of: StepIndex(node: source, item: item), note)
      else { preconditionFailure("a choice is not known") }
      return .one(reference)
    case .axis(let axis):
      guard let items = axes[axis] else { preconditionFailure("the items of an axis are not known") }
      if isGathering {
        return .gathered(
          items.ids.indices.map { index in
            let reference = reference(items, index, onAxis: axis, at: name, of: node, note)
            return GatheredIdentity(ids: binding.ids { _ in items.ids[index] }, artifact: reference)
          })
      }
      guard let index = index(of: step, on: axis) else { preconditionFailure("an axis is missing") }
      return .one(reference(items, index, onAxis: axis, at: name, of: node, note))
    }
  }

  private func input(_ index: Int, _ note: (Digest, Digest) -> Void) -> ArtifactReference {
    let reference = catalog.reference(index)
    if let key = catalog.key(of: index) { note(reference.digest, key) }
    return reference
  }

  /// The artifacts that a port binds for each item of an axis.
  func references(onAxis axis: Int, at port: String, of node: Plan.Node) -> [ArtifactReference] {
    guard let items = axes[axis] else { preconditionFailure("the items of an axis are not known") }
    return items.ids.indices.map { reference(items, $0, onAxis: axis, at: port, of: node) { _, _ in } }
  }

  /// The artifact that a port binds for one of the items of an axis.
  private func reference(
    _ items: AxisItems, _ index: Int, onAxis axis: Int, at port: String, of node: Plan.Node,
    _ note: (Digest, Digest) -> Void
  ) -> ArtifactReference {
    switch items.payload {
    case .inputs(let inputs): return input(inputs[index], note)
    case .records: preconditionFailure("the plan binds maps to no port")
    case .values(let values): return textArtifact(values[index].description, at: port, of: node)
    case .members(let members):
      if case .members(let source, _) = plan.axes[axis].items, let key = nodes[source].key(0) {
        note(members[index].digest, key)
      }
      return members[index]
    }
  }

  /// A string at a port stands for a file of that one line.
  private func textArtifact(_ text: String, at port: String, of node: Plan.Node) -> ArtifactReference {
    let bytes = Array((text + "\n").utf8)
    // A plan binds ports that the stage declares, each of at least one kind.
    let kind = node.declaration.input(at: port)!.kinds[0]
    return ArtifactReference(
      kind: kind, format: "", options: [:], layout: .file, digest: .of(bytes), size: bytes.count)
  }

  /// The artifact that a step wrote; nil when it has no outputs.
  private func output(_ port: String, of step: StepIndex, _ note: (Digest, Digest) -> Void) -> ArtifactReference? {
    let table = nodes[step.node]
    guard table.standings[step.item] == .done, let column = table.column(port), let key = table.key(step.item),
      let declared = plan.nodes[step.node].declaration.output(port)
    else { return nil }
    let (digest, size) = table.output(column, step.item)
    // A tree's manifest lives in the record, as do small contents.
    note(digest, key)
    return ArtifactReference(
      kind: declared.kind, format: "", options: [:], layout: declared.layout, digest: digest, size: size)
  }

  private func gather(
    _ binding: Plan.PortBinding, _ source: Int, _ port: String, _ items: [Int], _ note: (Digest, Digest) -> Void
  ) -> [GatheredIdentity] {
    guard let grid = nodes[source].grid else { return [] }
    return items.map { item in
      let ids = binding.ids { axis in
        grid.position(ofAxis: axis).map { grid.ids[$0][grid.index(of: item, at: $0)] }
      }
      return GatheredIdentity(ids: ids, artifact: output(port, of: StepIndex(node: source, item: item), note))
    }.sorted(by: Self.precedes)
  }

  /// Ascending by the bytes of the ids, role by role: the order of axes in the file does not matter.
  private static func precedes(_ a: GatheredIdentity, _ b: GatheredIdentity) -> Bool {
    for role in a.ids.keys.sorted() {
      for (x, y) in zip(a.ids[role] ?? [], b.ids[role] ?? []) where !x.utf8.elementsEqual(y.utf8) {
        return x.precedesInBytes(y)
      }
    }
    return false
  }
}

extension Plan.PortBinding {
  /// The ids of a gathered item by role, with those that it has on axes.
  fileprivate func ids(_ onAxis: (Int) -> String?) -> [String: [String]] {
    over.mapValues { ids in
      ids.compactMap { id in
        switch id {
        case .axis(let axis): onAxis(axis)
        case .constant(_, let id): id
        }
      }
    }
  }
}
