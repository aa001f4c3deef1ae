package import Artifacts
package import Plans

/// What all steps of one node share of their identity.
struct NodeConstants {
  var parameters: [String: Value] = [:]
  var horizon: [String: Value] = [:]
  /// Parameters whose value is that of the step's item on an axis.
  var varying: [(parameter: Parameter, axis: Int)] = []
  /// Resource parameters, in no key.
  var resources: [String: Value] = [:]

  init(_ node: Plan.Node) {
    for parameter in node.declaration.parameters {
      guard let binding = node.parameters[parameter.name] else { continue }
      switch binding.source {
      case .axis(let axis): varying.append((parameter, axis))
      case .value(let value): insert(value, for: parameter)
      }
    }
  }

  mutating func insert(_ value: Value, for parameter: Parameter) {
    switch parameter.role {
    case .resource: resources[parameter.name] = value
    case .semantic: if !parameter.isNeutral(value) { parameters[parameter.name] = value }
    case .horizon: if !parameter.isNeutral(value) { horizon[parameter.name] = value }
    }
  }
}

extension Resolution {
  /// What `step` is, and where bytes that live inside records are. Everything that it reads must have a result.
  package func identity(of step: StepIndex) throws -> (identity: StepIdentity, sources: [Digest: Digest]) {
    let node = plan.nodes[step.node]
    let constants = constants(of: step)
    var sources: [Digest: Digest] = [:]
    var ports: [String: PortIdentity] = [:]
    for (name, binding) in node.ports {
      let roles = node.declaration.input(name)?.roles ?? []
      if roles.isEmpty {
        guard let reference = reference(of: binding, at: name, for: step, &sources) else { continue }
        ports[name] = .one(reference)
      } else {
        ports[name] = .gathered(gather(binding, for: step, &sources))
      }
    }
    let identity = StepIdentity(
      stage: node.declaration.name, version: node.declaration.version, parameters: constants.parameters,
      horizon: constants.horizon, ports: ports)
    return (identity, sources)
  }

  /// The resource parameters of `step`.
  package func resources(of step: StepIndex) -> [String: Value] { constants(of: step).resources }

  private func constants(of step: StepIndex) -> NodeConstants {
    var constants = constants[step.node]
    for (parameter, axis) in constants.varying {
      guard case .values(let values)? = axes[axis]?.payload, let index = index(of: step, on: axis),
        case .success(let value) = parameter.type.accept(values[index])
      else { preconditionFailure("the plan let a bad axis value through") }
      constants.insert(value, for: parameter)
    }
    return constants
  }

  private func index(of step: StepIndex, on axis: Int) -> Int? {
    guard let grid = nodes[step.node].grid, let position = grid.position(ofAxis: axis) else { return nil }
    return grid.index(of: step.item, at: position)
  }

  private func reference(
    of binding: Plan.PortBinding, at port: String, for step: StepIndex, _ sources: inout [Digest: Digest]
  ) -> ArtifactReference? {
    switch binding.source {
    case .input(let index): return catalog.reference(index)
    case .text(let text): return textArtifact(text, at: port, of: step)
    case .output(let upstream, let port):
      guard let grid = nodes[step.node].grid, let upstreamGrid = nodes[upstream].grid else { return nil }
      let source = StepIndex(node: upstream, item: upstreamGrid.item(matching: step.item, of: grid))
      return output(port, of: source, &sources)
    case .axis(let axis):
      guard let items = axes[axis], let index = index(of: step, on: axis) else { return nil }
      switch items.payload {
      case .inputs(let inputs): return catalog.reference(inputs[index])
      case .values(let values): return textArtifact(values[index].description, at: port, of: step)
      case .members(let members):
        if case .members(let node, let port) = plan.axes[axis].items {
          _ = output(port, of: StepIndex(node: node, item: 0), &sources)
        }
        return members[index]
      }
    }
  }

  /// A string at a port stands for a file of that one line.
  private func textArtifact(_ text: String, at port: String, of step: StepIndex) -> ArtifactReference {
    let bytes = Array((text + "\n").utf8)
    let kind = plan.nodes[step.node].declaration.input(port)?.kinds.first ?? .architecture
    return ArtifactReference(
      kind: kind, format: "", options: [:], layout: .file, digest: .of(bytes), size: bytes.count)
  }

  private func output(
    _ port: String, of step: StepIndex, _ sources: inout [Digest: Digest]
  ) -> ArtifactReference? {
    guard case .outputs(let outputs)? = nodes[step.node].records[step.item]?.outcome, let output = outputs[port],
      let key = nodes[step.node].keys[step.item]
    else { return nil }
    // A tree's manifest lives in the record, as do small contents.
    if output.manifest != nil { sources[output.artifact.digest] = key }
    for digest in output.inline.keys { sources[digest] = key }
    return output.artifact
  }

  private func gather(
    _ binding: Plan.PortBinding, for step: StepIndex, _ sources: inout [Digest: Digest]
  ) -> [GatheredIdentity] {
    switch binding.source {
    case .output(let upstream, let port):
      guard let grid = nodes[step.node].grid, let upstreamGrid = nodes[upstream].grid else { return [] }
      return upstreamGrid.items(where: grid.coordinates(of: step.item)).map { item in
        let source = StepIndex(node: upstream, item: item)
        let ids = binding.over.mapValues { $0.map { axis in id(of: item, on: axis, in: upstreamGrid) } }
        return GatheredIdentity(ids: ids, artifact: output(port, of: source, &sources))
      }.sorted(by: Self.precedes)
    case .axis(let axis):
      guard let items = axes[axis] else { return [] }
      return items.ids.indices.map { index in
        let reference: ArtifactReference? =
          switch items.payload {
          case .inputs(let inputs): catalog.reference(inputs[index])
          case .members(let members): members[index]
          case .values: nil
          }
        return GatheredIdentity(ids: binding.over.mapValues { _ in [items.ids[index]] }, artifact: reference)
      }
    case .input, .text: return []
    }
  }

  /// Ascending by the bytes of the ids, role by role: the order of axes in the file does not matter.
  private static func precedes(_ a: GatheredIdentity, _ b: GatheredIdentity) -> Bool {
    for role in a.ids.keys.sorted() {
      for (x, y) in zip(a.ids[role] ?? [], b.ids[role] ?? []) where x != y {
        return x.utf8.lexicographicallyPrecedes(y.utf8)
      }
    }
    return false
  }

  private func id(of item: Int, on axis: Int, in grid: Grid) -> String {
    guard let position = grid.position(ofAxis: axis) else { preconditionFailure("a gathered axis is missing") }
    return grid.ids[position][grid.index(of: item, at: position)]
  }
}
