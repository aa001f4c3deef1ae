import Artifacts
import Catalogs
import Plans
import Wording

/// Writes the pre-images of the steps of one node, byte for byte as `StepIdentity` does, but parts that the steps share
/// are encoded once: planning is little else than digests of these.
struct IdentityEncoder {
  /// The content of an encoding at one place.
  private indirect enum Piece {
    case fixed([UInt8])
    /// By the index on the axis at that position of the grid; nil: left out, as a neutral value is.
    case byAxis(position: Int, [[UInt8]?])
    /// The output of the step that is read: `before` holds the bytes before its digest.
    case output(before: [UInt8], reading: Int, source: Int, column: Int)
    /// The output of the step that a choice names.
    case chosen(before: [UInt8], reading: Int, source: Int, column: Int)
    case gathered(before: [UInt8], GatherEncoder)
  }

  private let node: Int
  private let front: [UInt8]
  private let parameters: [Piece]
  private let horizon: [Piece]
  private let ports: [Piece]

  init(node index: Int, of resolution: Resolution) {
    let node = resolution.plan.nodes[index]
    guard let grid = resolution.nodes[index].grid else { preconditionFailure("the node is not expanded") }
    self.node = index
    front = StepIdentity.front(node.declaration.name, node.declaration.version)
    parameters = Self.parameters(of: node, .semantic, grid, resolution)
    horizon = Self.parameters(of: node, .horizon, grid, resolution)
    ports = Self.ports(of: node, index, grid, resolution)
  }

  private static func parameters(
    of node: Plan.Node, _ role: Parameter.Role, _ grid: Grid, _ resolution: Resolution
  ) -> [Piece] {
    let declared = node.declaration.parameters.filter { $0.role == role }.sorted { $0.name.precedesInBytes($1.name) }
    return declared.compactMap { parameter -> Piece? in
      let neutral = parameter.neutralEncoding
      let name = Canonical.string(parameter.name).encoded()
      func encode(_ value: Value) -> [UInt8]? {
        let bytes = value.canonical.encoded()
        return bytes == neutral ? nil : name + bytes
      }
      switch node.parameters[parameter.name]?.source {
      case nil: return nil
      case .value(let value): return encode(value).map(Piece.fixed)
      case .axis(let axis, let values):
        guard let position = grid.position(ofAxis: axis) else { preconditionFailure("an axis is missing") }
        return .byAxis(position: position, values.map(encode))
      }
    }
  }

  private static func ports(
    of node: Plan.Node, _ index: Int, _ grid: Grid, _ resolution: Resolution
  ) -> [Piece] {
    // A dollar comes before all letters.
    let command = resolution.catalog.commands.port(of: index).map {
      Piece.fixed(entry(CommandTree.port, $0.encoded()))
    }
    let bound = node.ports.sorted { $0.key.precedesInBytes($1.key) }.map { name, binding -> Piece in
      let isGathering = !(node.declaration.input(at: name)?.roles ?? []).isEmpty
      switch binding.source {
      case .output(let source, let port), .chosen(let source, let port, _):
        guard let column = resolution.nodes[source].column(port),
          let reading = resolution.reading[index].firstIndex(where: { $0.port == name }),
          let declared = resolution.plan.nodes[source].declaration.output(port)
        else { preconditionFailure("the plan binds an output that is not declared") }
        let reference = ArtifactReference.front(declared.kind, declared.layout)
        if isGathering {
          let gather = GatherEncoder(
            over: binding.over, of: resolution, source: source, reading: reading, column: column, reference: reference)
          return .gathered(before: entry(name, PortIdentity.frontOfGathered), gather)
        }
        let before = entry(name, PortIdentity.frontOfOne) + reference
        if case .chosen = binding.source {
          return .chosen(before: before, reading: reading, source: source, column: column)
        }
        return .output(before: before, reading: reading, source: source, column: column)
      case .axis(let axis) where !isGathering:
        guard let position = grid.position(ofAxis: axis) else { preconditionFailure("an axis is missing") }
        let references = resolution.references(onAxis: axis, at: name, of: node)
        return .byAxis(
          position: position, references.map { entry(name, PortIdentity.one($0).encoded()) })
      case .input, .text, .axis:
        // All steps of the node have the same.
        let identity = resolution.port(name, binding, of: StepIndex(node: index, item: 0))
        return .fixed(entry(name, identity.encoded()))
      }
    }
    return (command.map { [$0] } ?? []) + bound
  }

  /// An entry of a map, or the front of one.
  private static func entry(_ name: String, _ value: [UInt8]) -> [UInt8] {
    CanonicalWriter.bytes { writer in
      writer.string(name)
      writer.append(value)
    }
  }

  /// The pre-image of a step whose sources are all settled.
  func encode(
    _ item: Int, _ grid: Grid, _ resolution: Resolution, _ sources: [GridMap?], to writer: inout CanonicalWriter
  ) {
    writer.append(front)
    for map in [parameters, horizon, ports] {
      writer.map { writer in
        map.count { piece in
          switch piece {
          case .fixed(let bytes): writer.append(bytes)
          case .byAxis(let position, let choices):
            guard let bytes = choices[grid.index(of: item, at: position)] else { return false }
            writer.append(bytes)
          case .output(let before, let reading, let source, let column):
            guard let map = sources[reading] else { preconditionFailure("a source is not expanded") }
            writer.append(before)
            let (digest, size) = resolution.nodes[source].output(column, map.base(item))
            ArtifactReference.write(digest, size, to: &writer)
          case .chosen(let before, let reading, let source, let column):
            guard let chosen = resolution.chosenItem(at: reading, of: StepIndex(node: node, item: item)) else {
              preconditionFailure("a choice is not known")
            }
            writer.append(before)
            let (digest, size) = resolution.nodes[source].output(column, chosen)
            ArtifactReference.write(digest, size, to: &writer)
          case .gathered(let before, let gather):
            guard let map = sources[gather.reading] else { preconditionFailure("a source is not expanded") }
            writer.append(before)
            gather.encode(base: map.base(item), resolution, to: &writer)
          }
          return true
        }
      }
    }
  }
}

/// Writes the items that a gathering port binds, in the order of their ids, role by role.
private struct GatherEncoder {
  /// One axis that is gathered over, in the order of roles and of `over`.
  private struct Axis {
    /// The stride of the axis in the grid that is gathered.
    let stride: Int
    /// The bytes that are written for each item: its id, after the head of its role where it is the first of it.
    let ids: [[UInt8]]
  }
  private let axes: [Axis]
  /// Before the ids of an item.
  private let front: [UInt8]
  /// After the last role with axes: roles without any.
  private let reference: [UInt8]
  private let source: Int
  private let column: Int
  let reading: Int
  private let count: Int

  init(
    over: [String: [Plan.PortBinding.GatheredID]], of resolution: Resolution, source: Int, reading: Int, column: Int,
    reference: [UInt8]
  ) {
    guard let grid = resolution.nodes[source].grid else { preconditionFailure("a source is not expanded") }
    var front = CanonicalWriter()
    front.list(2)
    front.map(over.count)
    var axes: [Axis] = []
    var pending = CanonicalWriter()
    for (role, list) in over.sorted(by: { $0.key.precedesInBytes($1.key) }) {
      pending.string(role)
      pending.list(list.count)
      for id in list {
        guard case .axis(let axis) = id else {
          if case .constant(_, let id) = id { pending.string(id) }
          continue
        }
        guard let position = grid.position(ofAxis: axis) else { preconditionFailure("a gathered axis is missing") }
        axes.append(
          Axis(
            stride: grid.strides[position],
            ids: grid.ids[position].map { pending.bytes + Canonical.string($0).encoded() }))
        pending.removeAll()
      }
    }
    // What stands behind the last axis.
    if let last = axes.indices.last {
      let tail = pending.bytes
      axes[last] = Axis(stride: axes[last].stride, ids: axes[last].ids.map { $0 + tail })
    } else {
      front.append(pending.bytes)
    }
    self.axes = axes
    self.front = front.bytes
    self.reference = reference
    self.source = source
    self.column = column
    self.reading = reading
    count = axes.reduce(1) { $0 * $1.ids.count }
  }

  func encode(base: Int, _ resolution: Resolution, to writer: inout CanonicalWriter) {
    writer.list(count)
    var indices = [Int](repeating: 0, count: axes.count)
    for _ in 0..<count {
      writer.append(front)
      var item = base
      for (axis, index) in zip(axes, indices) {
        writer.append(axis.ids[index])
        item += index * axis.stride
      }
      if resolution.nodes[source].standings[item] == .done {
        writer.append(reference)
        let (digest, size) = resolution.nodes[source].output(column, item)
        ArtifactReference.write(digest, size, to: &writer)
      } else {
        writer.null()
      }
      // The next item: the last axis is the fastest.
      for place in indices.indices.reversed() {
        indices[place] += 1
        if indices[place] < axes[place].ids.count { break }
        indices[place] = 0
      }
    }
  }
}
