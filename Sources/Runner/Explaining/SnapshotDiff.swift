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
    /// Steps whose keys were not known then, for a run of a part, or one that did not end.
    package var unknown = 0
    /// Changed steps that were not compared field by field, for there are more than asked for.
    package var unlooked = 0
    /// The axes that differ: ids that are gone and new.
    package var axes: [Axis] = []

    package var name: String { new ?? old ?? "" }
    package var isRenamed: Bool { old != nil && new != nil && old != new }
    package var differs: Bool { changed + onlyOld + onlyNew > 0 || isRenamed || !axes.isEmpty }
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
  /// Places of edits, that they are found again.
  private var places: [Place: Int] = [:]

  private struct Place: Hashable {
    let node: String
    let change: Change
  }

  /// Compares two snapshots of one store. Throws the store's errors.
  /// - Parameter looked: changed steps of a node that are compared field by field, spread evenly over all.
  package init(from old: Snapshot, to new: Snapshot, in store: Store, looked: Int = .max) throws {
    (self.old, self.new, self.store) = (old, new, store)
    var changed: [(old: Snapshot.Step, new: Snapshot.Step)] = []
    for (before, after) in namesakes() { try compare(before, after, &changed) }
    let renamed = Dictionary(nodes.filter(\.isRenamed).map { ($0.old!, $0.new!) }) { first, _ in first }
    let wires = (
      old: old.plan.map { Wires($0) { renamed[$0] ?? $0 } }, new: new.plan.map { Wires($0) }
    )
    for index in nodes.indices {
      let own = changed.filter { $0.new.node == nodes[index].new }
      let shown = own.indices.spread(looked)
      nodes[index].unlooked = own.count - shown.count
      for place in shown { try edit(own[place].old, own[place].new, wires) }
    }
  }

  // MARK: Nodes

  /// The nodes of both times side by side, in the order of the new ones, each followed by the old ones that are gone.
  private func namesakes() -> [(old: String?, new: String?)] {
    let fresh = new.order.filter { !old.has($0) }
    var gone = old.order.filter { !new.has($0) }
    var renamed: [String: String] = [:]
    for name in fresh {
      guard let keys = new.nodes[name].map(Self.keys), !keys.isEmpty else { continue }
      guard let place = gone.firstIndex(where: { old.nodes[$0].map(Self.keys) == keys }) else { continue }
      renamed[name] = gone.remove(at: place)
    }
    let known = new.order.map { name in (old: old.has(name) ? name : renamed[name], new: Optional(name)) }
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
          if all.contains(key) {
            node.same += 1
          } else if earlier != nil {
            node.unknown += 1
          } else {
            node.onlyNew += 1
          }
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
      // A node that is planned without known steps waits, or did: neither are its steps new nor are others gone.
      let count = { (bindings: Bindings?) in bindings.map { Self.keys($0).count } ?? 0 }
      let isKnown = (old: before == nil || first != nil, new: after == nil || second != nil)
      if isKnown.new { node.onlyOld = count(first) } else { node.waiting = max(1, first?.count ?? 0) }
      if isKnown.old { node.onlyNew = count(second) } else { node.unknown = max(1, second?.count ?? 0) }
      node.waiting += second.map { bindings in (0..<bindings.count).count { bindings.key(at: $0) == nil } } ?? 0
    }
    nodes.append(node)
  }

  /// The axes with other items. An axis that has another name alone goes by its place, and is none of them.
  private static func axes(_ old: Bindings, _ new: Bindings) -> [Axis] {
    let gone = old.axes.indices.filter { !new.axes.contains(old.axes[$0]) }
    let fresh = new.axes.indices.filter { !old.axes.contains(new.axes[$0]) }
    let named = new.axes.indices.compactMap { place in
      old.axes.firstIndex(of: new.axes[place]).map { (old: Optional($0), new: Optional(place)) }
    }
    let paired = gone.count == fresh.count
    let others: [(old: Int?, new: Int?)] =
      paired ? zip(gone, fresh).map { ($0, $1) } : gone.map { ($0, nil) } + fresh.map { (nil, $0) }
    return (named + others).compactMap { place -> Axis? in
      let (before, after) = (Set(place.old.map { old.ids[$0] } ?? []), Set(place.new.map { new.ids[$0] } ?? []))
      let name = place.new.map { new.axes[$0] } ?? place.old.map { old.axes[$0] } ?? ""
      let axis = Axis(name: name, gone: before.subtracting(after).sorted(), new: after.subtracting(before).sorted())
      return axis.gone.isEmpty && axis.new.isEmpty ? nil : axis
    }.sorted { $0.name < $1.name }
  }

  private func haveEqualOutputs(_ a: Digest, _ b: Digest) throws -> Bool {
    guard let first = try store.row(a), let second = try store.row(b) else { return false }
    return !first.isFailure && first.outputs == second.outputs
  }

  // MARK: Edits

  private mutating func edit(
    _ before: Snapshot.Step, _ after: Snapshot.Step, _ wires: (old: Wires?, new: Wires?)
  ) throws {
    guard let first = try old.identity(before, in: store), let second = try new.identity(after, in: store)
    else { return unknown.append(new.address(after)) }
    let (was, node) = (old.plan?.node(before.node), new.plan?.node(after.node))
    guard first.stage == second.stage else { return add(.stage(old: first.stage, new: second.stage), after) }
    if first.version != second.version {
      add(.version(old: first.version, new: second.version, file: node?.command?.file), after)
    }
    // Without a plan of now, that of then still knows the values that pre-images leave out.
    let words = FieldWords(plan: node == nil ? old.plan : new.plan, store: store)
    for change in words.parameters(first, second, of: node ?? was) { add(change, after) }
    for name in Set(first.ports.keys).union(second.ports.keys).sorted()
    where !FieldWords.areSame(first.ports[name], second.ports[name]) {
      let (a, b) = (was?.ports[name], node?.ports[name])
      let position = node?.ports[name]?.position
      if was == nil || node == nil || name == CommandTree.port {
        // Nothing tells whether another step wrote it, but for code, which none does.
        guard name == CommandTree.port else { continue }
        add(words.port(name, first.ports[name], second.ports[name], ("the command", node?.position)), after)
      } else if case let from = a.flatMap({ wires.old?.words($0) }) ?? "(not bound)",
        case let to = b.flatMap({ wires.new?.words($0) }) ?? "(not bound)", from != to
      {
        add(.port(name: name, old: from, new: to, from: nil, position: position), after)
      } else if let b, wires.new?.isInput(b) == true {
        add(words.port(name, first.ports[name], second.ports[name], (wires.new?.words(b), position)), after)
      }
    }
  }

  /// Adds a step to the edit that it differs by.
  private mutating func add(_ change: Change, _ step: Snapshot.Step) {
    let place = Place(node: step.node, change: change)
    if let known = places[place] { return edits[known].steps.append(new.address(step)) }
    places[place] = edits.count
    edits.append(Edit(node: step.node, change: change, steps: [new.address(step)]))
  }
}
