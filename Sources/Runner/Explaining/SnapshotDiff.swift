package import Artifacts
import Plans
import Resolving
package import Stores
import Syntax

/// How the steps of a pipeline differ between two times, down to the edits: differences of steps whose origin is in
/// themselves or in an input. Keys and pre-images tell; texts and times are not compared.
package struct SnapshotDiff {
  /// A node at both times; one that was renamed is one node, for its steps have the same keys.
  package struct Node {
    /// The names then and now; nil: there was none, or is none.
    package let old: String?
    package let new: String?
    /// Steps with the same key at both times.
    package var same = 0
    /// Steps of the same address with another key, and of these those whose outputs are equal all the same.
    package var changed = 0
    package var equal = 0
    package var onlyOld = 0
    package var onlyNew = 0
    /// Steps without a key now, for those that they read have no result yet.
    package var waiting = 0
    /// The axes that differ: ids that are gone and new.
    package var axes: [Axis] = []

    package var name: String { new ?? old ?? "" }
    package var isRenamed: Bool { old != nil && new != nil && old != new }
    package var differs: Bool { changed + onlyOld + onlyNew + waiting > 0 || isRenamed || !axes.isEmpty }
  }

  /// An axis whose items differ.
  package struct Axis: Hashable, Sendable {
    package let name: String
    package let gone: [String]
    package let new: [String]
  }

  /// One edit, with the steps that differ by it themselves.
  package struct Edit {
    package let node: String
    package let change: Change
    package internal(set) var steps: [String]
  }

  /// A step of both times whose key differs.
  package struct Pair {
    package let old: (address: String, key: Digest)
    package let new: (address: String, key: Digest)
    /// The ids by axis, which are the same.
    package let ids: [(axis: String, id: String)]
    package let node: Int
  }

  package private(set) var nodes: [Node] = []
  package private(set) var edits: [Edit] = []
  /// Steps that have another key, by the order of nodes.
  package private(set) var pairs: [Pair] = []
  /// Steps whose pre-images the store has lost, so that their edits are not known.
  package private(set) var unknown: [String] = []

  private let (old, new): (Snapshot, Snapshot)
  private let store: Store
  /// The value of a parameter that a pre-image leaves out.
  private let neutral: (_ stage: String, _ parameter: String) -> Value?

  /// Compares two snapshots of one store. Throws the store's errors.
  package init(
    from old: Snapshot, to new: Snapshot, in store: Store,
    neutral: @escaping (_ stage: String, _ parameter: String) -> Value?
  ) throws {
    (self.old, self.new, self.store, self.neutral) = (old, new, store, neutral)
    var changed: [(old: Snapshot.Step, new: Snapshot.Step)] = []
    for (before, after) in namesakes() { try compare(before, after, &changed) }
    let origins = try (
      Origins(old, changed.map(\.old), in: store), Origins(new, changed.map(\.new), in: store)
    )
    for (before, after) in changed { try edit(before, after, origins) }
  }

  // MARK: Nodes

  /// The nodes of both times side by side, in the order of the new ones, each followed by the old ones that are gone.
  private func namesakes() -> [(old: String?, new: String?)] {
    let fresh = new.order.filter { old.nodes[$0] == nil }
    var gone = old.order.filter { new.nodes[$0] == nil }
    var renamed: [String: String] = [:]
    for name in fresh {
      guard let keys = new.nodes[name].map(Self.keys), !keys.isEmpty else { continue }
      guard let place = gone.firstIndex(where: { old.nodes[$0].map(Self.keys) == keys }) else { continue }
      renamed[name] = gone.remove(at: place)
    }
    let known = new.order.map { name in (old: old.nodes[name] == nil ? renamed[name] : name, new: Optional(name)) }
    return known + gone.map { (old: $0, new: nil) }
  }

  private static func keys(_ bindings: Bindings) -> Set<Digest> {
    Set((0..<bindings.count).compactMap(bindings.key(at:)))
  }

  /// Compares the steps of a node; those of one address with other keys are added to `changed`.
  private mutating func compare(
    _ before: String?, _ after: String?, _ changed: inout [(old: Snapshot.Step, new: Snapshot.Step)]
  ) throws {
    var node = Node(old: before, new: after)
    let (first, second) = (before.flatMap { old.nodes[$0] }, after.flatMap { new.nodes[$0] })
    if let first, let second {
      node.axes = Self.axes(first, second)
      let all = Self.keys(first).intersection(Self.keys(second))
      var met: Set<Int> = []
      for item in 0..<second.count {
        let earlier = first.item(StepName(node: after ?? "", axes: second.axes, ids: second.ids(at: item)))
        if let earlier { met.insert(earlier) }
        guard let key = second.key(at: item) else {
          node.waiting += 1
          continue
        }
        guard let earlier, let oldKey = first.key(at: earlier) else {
          if all.contains(key) { node.same += 1 } else { node.onlyNew += 1 }
          continue
        }
        if oldKey == key {
          node.same += 1
          continue
        }
        node.changed += 1
        let steps = (
          old: Snapshot.Step(node: before ?? "", item: earlier), new: Snapshot.Step(node: after ?? "", item: item)
        )
        changed.append(steps)
        if try haveEqualOutputs(oldKey, key) { node.equal += 1 }
        pairs.append(
          Pair(
            old: (old.address(steps.old), oldKey), new: (new.address(steps.new), key),
            ids: Array(zip(second.axes, second.ids(at: item))).map { (axis: $0, id: $1) }, node: nodes.count))
      }
      node.onlyOld = (0..<first.count).count { item in
        !met.contains(item) && first.key(at: item).map { !all.contains($0) } ?? false
      }
    } else {
      node.onlyOld = first.map { Self.keys($0).count } ?? 0
      node.onlyNew = second.map { Self.keys($0).count } ?? 0
      node.waiting = second.map { bindings in (0..<bindings.count).count { bindings.key(at: $0) == nil } } ?? 0
    }
    nodes.append(node)
  }

  private static func axes(_ old: Bindings, _ new: Bindings) -> [Axis] {
    let before = Dictionary(zip(old.axes, old.ids)) { first, _ in first }
    let after = Dictionary(zip(new.axes, new.ids)) { first, _ in first }
    return Set(old.axes).union(new.axes).sorted().compactMap { name in
      let (gone, fresh) = (Set(before[name] ?? []), Set(after[name] ?? []))
      let axis = Axis(name: name, gone: gone.subtracting(fresh).sorted(), new: fresh.subtracting(gone).sorted())
      return axis.gone.isEmpty && axis.new.isEmpty ? nil : axis
    }
  }

  private func haveEqualOutputs(_ a: Digest, _ b: Digest) throws -> Bool {
    guard let first = try store.row(a), let second = try store.row(b) else { return false }
    return !first.isFailure && first.outputs == second.outputs
  }

  // MARK: Edits

  private mutating func edit(
    _ before: Snapshot.Step, _ after: Snapshot.Step, _ origins: (old: Origins, new: Origins)
  ) throws {
    guard let first = try old.identity(before, in: store), let second = try new.identity(after, in: store)
    else { return unknown.append(new.address(after)) }
    let address = new.address(after)
    let planned = new.plan?.nodes.first { $0.name == after.node }
    func add(_ change: Change) {
      if let place = edits.firstIndex(where: { $0.node == after.node && $0.change == change }) {
        edits[place].steps.append(address)
      } else {
        edits.append(Edit(node: after.node, change: change, steps: [address]))
      }
    }
    guard first.stage == second.stage else { return add(.stage(old: first.stage, new: second.stage)) }
    if first.version != second.version {
      add(.version(old: first.version, new: second.version, file: planned?.command?.file))
    }
    let (values, others) = (
      first.parameters.merging(first.horizon) { a, _ in a }, second.parameters.merging(second.horizon) { a, _ in a }
    )
    let neutral = self.neutral
    for name in Set(values.keys).union(others.keys).sorted()
    where values[name]?.canonical.encoded() != others[name]?.canonical.encoded() {
      let words = { (value: Value?) in (value ?? neutral(second.stage, name))?.description ?? "(not set)" }
      var axis: Plan.Axis?
      if case .axis(let index, _)? = planned?.parameters[name]?.source { axis = new.plan?.axes[index] }
      add(
        .parameter(
          name: name, old: words(values[name]), new: words(others[name]),
          position: axis?.position ?? planned?.parameters[name]?.position, axis: axis?.name))
    }
    for name in Set(first.ports.keys).union(second.ports.keys).sorted() where first.ports[name] != second.ports[name] {
      for (a, b) in Self.items(first.ports[name], second.ports[name]) where a != b {
        guard let words = origins.old.words(a, origins.new, b, renamed: renamed) else { continue }
        add(
          .port(
            name: name, old: words.old, new: words.new, from: nil, position: planned?.ports[name]?.position))
      }
    }
  }

  private func renamed(_ name: String) -> String { nodes.first { $0.old == name }?.new ?? name }

  /// The artifacts at a port side by side: of a port that gathers, those of the same ids. Items that one side alone has
  /// are those of an axis, and told with the axis.
  private static func items(_ old: PortIdentity?, _ new: PortIdentity?) -> [(ArtifactReference?, ArtifactReference?)] {
    switch (old, new) {
    case (.gathered(let first)?, .gathered(let second)?):
      let before = Dictionary(first.map { ($0.ids, $0.artifact) }) { first, _ in first }
      return second.compactMap { item in before[item.ids].map { ($0, item.artifact) } }
    case (.one(let first)?, .one(let second)?): return [(first, second)]
    case (.one(let first)?, nil): return [(first, nil)]
    case (nil, .one(let second)?): return [(nil, second)]
    default: return []
    }
  }
}
