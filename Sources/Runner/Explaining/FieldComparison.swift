import Artifacts
import Catalogs
import Plans
import Resolving
import Stores
import Syntax
import YAML

/// Compares identities field by field, for one plan.
struct FieldComparison {
  let resolution: Resolution
  /// Whether a small artifact is shown by its text, where the store has it.
  let readsContent: Bool

  /// The fields that differ from `old` to `new`, which are facts of `step` or of one with which it is compared. Fields
  /// that are not known yet are left out.
  func changes(from old: StepFacts, to new: StepFacts, of step: StepIndex) -> [Change] {
    let (before, after) = (old.identity, new.identity)
    guard before.stage == after.stage else { return [.stage(old: before.stage, new: after.stage)] }
    var changes: [Change] = []
    if before.version != after.version {
      let file = resolution.plan.nodes[step.node].command?.file
      changes.append(.version(old: before.version, new: after.version, file: file))
    }
    let unknown = old.unknown.union(new.unknown)
    changes += parameters(before, after, except: unknown, step)
    let names = Set(before.ports.keys).union(after.ports.keys).subtracting(unknown)
    for name in names.sorted() where !Self.areSame(before.ports[name], after.ports[name]) {
      if name == CommandTree.port {
        changes += CommandChanges(catalog: resolution.catalog.commands, store: resolution.store)
          .changes(before.ports[name], after.ports[name], of: resolution.plan.nodes[step.node], step.node)
      } else {
        changes.append(port(name, old, new, step))
      }
    }
    return changes
  }

  /// Whether two ports are the same bytes in a key: equal strings may differ in their bytes.
  private static func areSame(_ old: PortIdentity?, _ new: PortIdentity?) -> Bool {
    old == new && old?.encoded() == new?.encoded()
  }

  private func parameters(
    _ old: StepIdentity, _ new: StepIdentity, except unknown: Set<String>, _ step: StepIndex
  ) -> [Change] {
    let node = resolution.plan.nodes[step.node]
    let before = old.parameters.merging(old.horizon) { a, _ in a }
    let after = new.parameters.merging(new.horizon) { a, _ in a }
    let names = Set(before.keys).union(after.keys).subtracting(unknown).filter {
      before[$0]?.canonical.encoded() != after[$0]?.canonical.encoded()
    }
    return names.sorted().map { name in
      let neutral = node.declaration.parameter(name)?.neutral
      let words = { (value: Value?) in (value ?? neutral)?.description ?? "(not set)" }
      let (from, to) = Self.distinct(words(before[name]), words(after[name]))
      let binding = node.parameters[name]
      var axis: Plan.Axis?
      if case .axis(let index, _)? = binding?.source { axis = resolution.plan.axes[index] }
      // The value of an item is written where the axis is, not where the axis is used.
      return .parameter(
        name: name, old: from, new: to, position: axis?.position ?? binding?.position, axis: axis?.name)
    }
  }

  private func port(_ name: String, _ old: StepFacts, _ new: StepFacts, _ step: StepIndex) -> Change {
    let (origin, position) = origin(of: name, step)
    let (before, after) = (old.identity.ports[name], new.identity.ports[name])
    if case .gathered(let before)? = before, case .gathered(let after)? = after {
      let (from, to) = Self.words(before, after)
      return .port(name: name, old: from, new: to, from: origin, position: position)
    }
    let (from, to) = Self.distinct(old.texts[name] ?? words(before), new.texts[name] ?? words(after))
    return .port(name: name, old: from, new: to, from: origin, position: position)
  }

  /// The source of a port of `step`, in words, and its place in the file.
  func origin(of port: String, _ step: StepIndex) -> (words: String?, position: Position?) {
    let plan = resolution.plan
    guard let binding = plan.nodes[step.node].ports[port] else { return (nil, nil) }
    let input = { (index: Int) -> (String?, Position?) in
      guard case .result(let key, _) = plan.inputs[index].source else {
        return ("the input \(plan.inputs[index].source.place)", plan.inputs[index].position)
      }
      return (resolution.words(ofResult: key), plan.inputs[index].position)
    }
    switch binding.source {
    case .input(let index): return input(index)
    case .output(let node, let port): return ("\(plan.nodes[node].name).\(port)", binding.position)
    case .chosen(let node, let port, let choosing):
      let choice = "\(plan.nodes[choosing.node].name).\(choosing.port)"
      return ("\(plan.nodes[node].name).\(port) of \(choice)", binding.position)
    case .axis(let axis):
      if case .inputs(let inputs) = plan.axes[axis].items, let index = resolution.index(of: step, on: axis) {
        return input(inputs[index].input)
      }
      return ("the axis \(plan.axes[axis].name)", plan.axes[axis].position)
    case .text: return (nil, binding.position)
    }
  }

  /// The content of a port, in words.
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

  /// Two words that differ to the eye: strings that are equal but for their Unicode form become their code points.
  private static func distinct(_ old: String, _ new: String) -> (String, String) {
    let escaped = { (text: String) in text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() }
    return old == new ? (escaped(old), escaped(new)) : (old, new)
  }

  /// The text of an artifact of one short line.
  private func content(_ artifact: ArtifactReference) -> String? {
    guard readsContent, artifact.layout == .file, artifact.size <= 80,
      let bytes = try? resolution.store.bytes(artifact.digest, size: artifact.size)
    else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.unicodeScalars.dropLast().allSatisfy({ $0.value >= 0x20 && $0.value < 0x7F }), text.last == "\n"
    else { return nil }
    return String(text.dropLast())
  }

  /// How two gathers differ: items that are new, gone, or of another content.
  private static func words(_ old: [GatheredIdentity], _ new: [GatheredIdentity]) -> (old: String, new: String) {
    let before = Dictionary(old.map { ($0.ids, $0.artifact) }) { first, _ in first }
    let after = Set(new.map(\.ids))
    let parts = [
      words(new.filter { before[$0.ids] == nil }, "is new", "are new"),
      words(old.filter { !after.contains($0.ids) }, "is gone", "are gone"),
      words(new.filter { item in before[item.ids].map { $0 != item.artifact } ?? false }, "changed", "changed"),
    ].compactMap { $0 }
    return ("\(old.count) items", "\(new.count) items" + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")))
  }

  private static func words(_ items: [GatheredIdentity], _ one: String, _ many: String) -> String? {
    guard let first = items.first else { return nil }
    let name = first.ids.sorted { $0.key < $1.key }.flatMap(\.value).joined(separator: ",")
    return items.count == 1 ? "'\(name)' \(one)" : "'\(name)' and \(items.count - 1) more \(many)"
  }
}
