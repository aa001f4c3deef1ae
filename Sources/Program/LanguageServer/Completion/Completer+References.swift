import Artifacts
import Texts

extension Completer {
  /// References to params.
  var params: [Candidate] {
    outline.named("params").compactMap { param in
      let entry = outline.entries[param]
      return entry.key.map { Candidate("$params.\($0)", .reference, entry.text ?? "a param") }
    }
  }

  /// References to axes of values, or of maps of parameters; those of the stage itself first.
  func axes(_ stage: String, ofMaps: Bool) -> [Candidate] {
    let entries = outline.named("stages")
    let own = entries.filter { outline.entries[$0].key == stage }
    var seen: Set<String> = []
    return (own + entries).flatMap { entry -> [Candidate] in
      guard let axes = outline.child("for", of: entry) else { return [] }
      return outline.entries[axes].children.compactMap { place in
        let axis = outline.entries[place]
        let isOfMaps = axis.children.contains { !outline.entries[$0].children.isEmpty }
        let isReference = axis.text.map { $0.hasPrefix("$") && !$0.hasPrefix("$params.") } ?? false
        guard let name = axis.key, isOfMaps == ofMaps, !isReference, seen.insert(name).inserted else { return nil }
        return Candidate("$" + name, .reference, "an axis of '\(outline.entries[entry].key ?? "")'")
      }
    }
  }

  /// Outputs of other stages that fit.
  func outputs(besides stage: String, _ fits: (OutputPort) -> Bool) -> [Candidate] {
    outline.named("stages").flatMap { place -> [Candidate] in
      guard let name = outline.entries[place].key, name != stage, let declaration = declaration(name) else { return [] }
      return declaration.outputs.filter(fits).map { port in
        let text = declaration.outputs.count == 1 ? "$\(name)" : "$\(name).\(port.name)"
        return Candidate(text, .reference, port.kind.name, help: port.help)
      }
    }
  }

  /// References that a port can read: inputs, outputs and axes of a kind that fits.
  func references(_ stage: String, _ port: InputPort) -> [Candidate] {
    let kinds = Set(port.kinds.map(\.name))
    let inputs = outline.named("inputs").compactMap { place -> Candidate? in
      guard let name = outline.entries[place].key else { return nil }
      let items = outline.child("items", of: place).map { outline.entries[$0].children } ?? [place]
      guard let kind = items.lazy.compactMap({ outline.text("kind", of: $0) }).first, kinds.contains(kind) else {
        return nil
      }
      return Candidate("$" + name, .reference, kind + (items == [place] ? "" : ", several"))
    }
    let outputs = outputs(besides: stage) { port.kinds.contains($0.kind) }
    return members(stage, kinds) + outputs + inputs + (port.acceptsText ? axes(stage, ofMaps: false) + params : [])
  }

  /// Axes over the members of a collection of a kind that fits.
  private func members(_ stage: String, _ kinds: Set<String>) -> [Candidate] {
    var seen: Set<String> = []
    return outline.named("stages").flatMap { place -> [Candidate] in
      guard let axes = outline.child("for", of: place) else { return [] }
      return outline.entries[axes].children.compactMap { axis in
        guard let name = outline.entries[axis].key, let text = outline.entries[axis].text,
          let reference = ReferenceText(text), let declaration = declaration(reference.name),
          let port = reference.part.map({ declaration.output($0) }) ?? declaration.soleOutput,
          let member = port.member?.name, kinds.contains(member), seen.insert(name).inserted
        else { return nil }
        return Candidate("$" + name, .reference, "an axis of \(member)")
      }
    }
  }
}
