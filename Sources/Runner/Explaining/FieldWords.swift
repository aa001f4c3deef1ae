import Artifacts
import Plans
import Stores
import Syntax
import YAML

/// Fields of identities in words: the old and the new value of each that differs, and the place where it is written.
struct FieldWords {
  /// nil: values have no places, and what is left out of a key is not known by its value.
  let plan: Plan?
  /// The store in which small artifacts are looked up, to be shown by their texts; nil: none is.
  let store: Store?

  /// Whether two ports are the same bytes in a key: equal strings may differ in their bytes.
  static func areSame(_ old: PortIdentity?, _ new: PortIdentity?) -> Bool {
    old == new && old?.encoded() == new?.encoded()
  }

  /// The parameters of `node` that differ.
  func parameters(
    _ old: StepIdentity, _ new: StepIdentity, except unknown: Set<String> = [], of node: Plan.Node?
  ) -> [Change] {
    let before = old.parameters.merging(old.horizon) { a, _ in a }
    let after = new.parameters.merging(new.horizon) { a, _ in a }
    let names = Set(before.keys).union(after.keys).subtracting(unknown).filter {
      before[$0]?.canonical.encoded() != after[$0]?.canonical.encoded()
    }
    return names.sorted().map { name in
      let neutral = node?.declaration.parameter(name)?.neutral
      let words = { (value: Value?) in (value ?? neutral)?.description ?? "(not set)" }
      let (from, to) = Self.distinct(words(before[name]), words(after[name]))
      let binding = node?.parameters[name]
      var axis: Plan.Axis?
      if case .axis(let index, _)? = binding?.source { axis = plan?.axes[index] }
      // The value of an item is written where the axis is, not where the axis is used.
      return .parameter(
        name: name, old: from, new: to, position: axis?.position ?? binding?.position, axis: axis?.name)
    }
  }

  /// A port that differs; `texts` stand for its artifacts where they are given.
  func port(
    _ name: String, _ before: PortIdentity?, _ after: PortIdentity?, texts: (old: String?, new: String?) = (nil, nil),
    _ origin: (words: String?, position: Position?)
  ) -> Change {
    if case .gathered(let before)? = before, case .gathered(let after)? = after {
      let (from, to) = Self.words(before, after)
      return .port(name: name, old: from, new: to, from: origin.words, position: origin.position)
    }
    let (from, to) = Self.distinct(texts.old ?? words(before), texts.new ?? words(after))
    return .port(name: name, old: from, new: to, from: origin.words, position: origin.position)
  }

  /// The source of a port of `node`, in words, and its place in the file. `input` gives the input of an item of an
  /// axis, and `result` names a result of another pipeline.
  func origin(
    of port: String, in node: Plan.Node?, input: (Int) -> Int? = { _ in nil }, result: (Digest) -> String
  ) -> (words: String?, position: Position?) {
    guard let plan, let binding = node?.ports[port] else { return (nil, nil) }
    func words(_ index: Int) -> (String?, Position?) {
      guard case .result(let key, _) = plan.inputs[index].source else {
        return ("the input \(plan.inputs[index].source.place)", plan.inputs[index].position)
      }
      return (result(key), plan.inputs[index].position)
    }
    switch binding.source {
    case .input(let index): return words(index)
    case .output(let node, let port): return ("\(plan.nodes[node].name).\(port)", binding.position)
    case .chosen(let node, let port, let choosing):
      let choice = "\(plan.nodes[choosing.node].name).\(choosing.port)"
      return ("\(plan.nodes[node].name).\(port) of \(choice)", binding.position)
    case .axis(let axis):
      return input(axis).map { words($0) } ?? ("the axis \(plan.axes[axis].name)", plan.axes[axis].position)
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
    guard let store, artifact.layout == .file, artifact.size <= 80,
      let bytes = try? store.bytes(artifact.digest, size: artifact.size)
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
