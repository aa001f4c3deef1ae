import Artifacts
import Plans

/// Writes the pre-images of the steps of one node, byte for byte as `StepIdentity` does, but what the steps share is
/// encoded once: planning is little else than digests of these.
struct IdentityEncoder {
  /// What stands in an encoding at one place.
  private indirect enum Piece {
    case fixed([UInt8])
    /// By the index on the axis at that position of the grid; nil: left out, as a neutral value is.
    case byAxis(position: Int, [[UInt8]?])
    /// The output of the step that is read: what is before its digest.
    case output(before: [UInt8], reading: Int, source: Int, column: Int)
    case gathered(before: [UInt8], GatherEncoder)
  }

  private let front: [UInt8]
  private let parameters: [Piece]
  private let horizon: [Piece]
  private let ports: [Piece]

  init(node index: Int, of resolution: Resolution) {
    let node = resolution.plan.nodes[index]
    guard let grid = resolution.nodes[index].grid else { preconditionFailure("the node is not expanded") }
    var front = CanonicalBytes()
    front.list(6)
    front.append(.string("bioarc-step/1"))
    front.append(.string(node.declaration.name))
    front.append(.int(node.declaration.version))
    self.front = front.bytes
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
      case .axis(let axis):
        guard case .values(let values)? = resolution.axes[axis]?.payload, let position = grid.position(ofAxis: axis)
        else { preconditionFailure("the plan let an axis through that is not of values") }
        return .byAxis(
          position: position,
          values.map { value in
            guard case .success(let value) = parameter.type.accept(value) else {
              preconditionFailure("the plan let a bad axis value through")
            }
            return encode(value)
          })
      }
    }
  }

  private static func ports(
    of node: Plan.Node, _ index: Int, _ grid: Grid, _ resolution: Resolution
  ) -> [Piece] {
    // A dollar comes before all letters.
    let command = resolution.catalog.commands.port(of: index).map {
      Piece.fixed(CanonicalBytes.entry(CommandTree.port, $0.canonicalBytes))
    }
    let bound = node.ports.sorted { $0.key.precedesInBytes($1.key) }.map { name, binding -> Piece in
      let isGathering = !(node.declaration.input(at: name)?.roles ?? []).isEmpty
      switch binding.source {
      case .output(let source, let port):
        guard let column = resolution.nodes[source].column(port),
          let reading = resolution.reading[index].firstIndex(where: { $0.port == name }),
          let declared = resolution.plan.nodes[source].declaration.output(port)
        else { preconditionFailure("the plan binds an output that is not declared") }
        let reference = CanonicalBytes.referenceFront(declared.kind, declared.layout)
        if isGathering {
          let gather = GatherEncoder(
            over: binding.over, of: resolution, source: source, reading: reading, column: column, reference: reference)
          return .gathered(before: CanonicalBytes.entry(name, CanonicalBytes.portFront("gathered")), gather)
        }
        return .output(
          before: CanonicalBytes.entry(name, CanonicalBytes.portFront("one")) + reference, reading: reading,
          source: source, column: column)
      case .axis(let axis) where !isGathering:
        guard let position = grid.position(ofAxis: axis) else { preconditionFailure("an axis is missing") }
        let references = resolution.references(onAxis: axis, at: name, of: node)
        return .byAxis(
          position: position, references.map { CanonicalBytes.entry(name, PortIdentity.one($0).canonicalBytes) })
      case .input, .text, .axis:
        // The same for all steps.
        let identity = resolution.port(name, binding, of: StepIndex(node: index, item: 0))
        return .fixed(CanonicalBytes.entry(name, identity.canonicalBytes))
      }
    }
    return (command.map { [$0] } ?? []) + bound
  }

  /// The pre-image of a step whose sources are all settled.
  func encode(_ item: Int, _ grid: Grid, _ resolution: Resolution, _ sources: [GridMap?], into out: inout [UInt8]) {
    out += front
    for map in [parameters, horizon, ports] {
      let start = out.count
      out.append(8)
      out += repeatElement(0, count: 8)
      var count = 0
      for piece in map {
        switch piece {
        case .fixed(let bytes): out += bytes
        case .byAxis(let position, let choices):
          guard let bytes = choices[grid.index(of: item, at: position)] else { continue }
          out += bytes
        case .output(let before, let reading, let source, let column):
          guard let map = sources[reading] else { preconditionFailure("a source is not expanded") }
          out += before
          let (digest, size) = resolution.nodes[source].output(column, map.base(item))
          CanonicalBytes.append(digest, size, to: &out)
        case .gathered(let before, let gather):
          guard let map = sources[reading(gather)] else { preconditionFailure("a source is not expanded") }
          out += before
          gather.encode(base: map.base(item), resolution, into: &out)
        }
        count += 1
      }
      CanonicalBytes.write(UInt64(count), at: start + 1, of: &out)
    }
  }

  private func reading(_ gather: GatherEncoder) -> Int { gather.reading }
}

/// Writes what a gathering port binds: the items in the order of their ids, role by role.
private struct GatherEncoder {
  /// One axis that is gathered over, in the order of roles and of `over`.
  private struct Axis {
    /// In the grid that is gathered.
    let stride: Int
    /// What is written for each item: its id, after the head of its role where it is the first of it.
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
    over: [String: [Int]], of resolution: Resolution, source: Int, reading: Int, column: Int, reference: [UInt8]
  ) {
    guard let grid = resolution.nodes[source].grid else { preconditionFailure("a source is not expanded") }
    var front = CanonicalBytes()
    front.list(2)
    front.map(over.count)
    var axes: [Axis] = []
    var pending = CanonicalBytes()
    for (role, list) in over.sorted(by: { $0.key.precedesInBytes($1.key) }) {
      pending.append(.string(role))
      pending.list(list.count)
      for axis in list {
        guard let position = grid.position(ofAxis: axis) else { preconditionFailure("a gathered axis is missing") }
        axes.append(
          Axis(
            stride: grid.strides[position],
            ids: grid.ids[position].map { pending.bytes + Canonical.string($0).encoded() }))
        pending = CanonicalBytes()
      }
    }
    // Roles without an axis, after the last with one.
    if let last = axes.indices.last {
      let tail = pending.bytes
      axes[last] = Axis(stride: axes[last].stride, ids: axes[last].ids.map { $0 + tail })
    } else {
      front.bytes += pending.bytes
    }
    self.axes = axes
    self.front = front.bytes
    self.reference = reference
    self.source = source
    self.column = column
    self.reading = reading
    count = axes.reduce(1) { $0 * $1.ids.count }
  }

  func encode(base: Int, _ resolution: Resolution, into out: inout [UInt8]) {
    var list = CanonicalBytes()
    list.list(count)
    out += list.bytes
    var indices = [Int](repeating: 0, count: axes.count)
    for _ in 0..<count {
      out += front
      var item = base
      for (axis, index) in zip(axes, indices) {
        out += axis.ids[index]
        item += index * axis.stride
      }
      if resolution.nodes[source].standings[item] == .done {
        out += reference
        let (digest, size) = resolution.nodes[source].output(column, item)
        CanonicalBytes.append(digest, size, to: &out)
      } else {
        out.append(0)
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

/// Parts of canonical encodings, put together by hand.
struct CanonicalBytes {
  var bytes: [UInt8] = []

  mutating func append(_ value: Canonical) { bytes += value.encoded() }
  mutating func list(_ count: Int) { head(7, count) }
  mutating func map(_ count: Int) { head(8, count) }

  private mutating func head(_ tag: UInt8, _ count: Int) {
    bytes.append(tag)
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
  }

  /// An entry of a map.
  static func entry(_ name: String, _ value: [UInt8]) -> [UInt8] { Canonical.string(name).encoded() + value }

  /// The front of a port's binding, up to what it binds.
  static func portFront(_ form: String) -> [UInt8] {
    var bytes = CanonicalBytes()
    bytes.list(2)
    bytes.append(.string(form))
    return bytes.bytes
  }

  /// The front of the reference of what a stage wrote, up to its digest.
  static func referenceFront(_ kind: ArtifactKind, _ layout: Layout) -> [UInt8] {
    let whole = ArtifactReference(
      kind: kind, format: "", options: [:], layout: layout, digest: Digest(repeatElement(0, count: 32)), size: 0
    ).canonical.encoded()
    return Array(whole.dropLast(32 + 9))
  }

  /// What follows that front.
  static func append(_ digest: Digest, _ size: Int, to out: inout [UInt8]) {
    digest.append(to: &out)
    out.append(3)
    for shift in stride(from: 56, through: 0, by: -8) { out.append(UInt8(truncatingIfNeeded: size >> shift)) }
  }

  static func write(_ word: UInt64, at offset: Int, of out: inout [UInt8]) {
    for index in 0..<8 { out[offset + index] = UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * index)) }
  }
}
