import Artifacts
import Manual
import Plans
import Syntax
import Texts
import Wording
import YAML

/// Says in lines what stands at a place of a pipeline: what it means, what it comes to in the plan, and how it stands.
struct Describer {
  private let outline: Outline
  private let file: OpenFile
  /// The plan of the text, or the last good one.
  private let plan: Plan?
  private let names: NameTable

  init(_ outline: Outline, _ file: OpenFile, _ plan: Plan?) {
    (self.outline, self.file, self.plan) = (outline, file, plan)
    names = NameTable(outline, file.document.bytes)
  }

  /// Lines as Markdown: the first is a title, and each is a paragraph but for pages, which keep their columns.
  static func markdown(_ lines: [String]) -> String {
    lines.enumerated().map { index, line in
      if line.contains("\n") { return "```text\n\(line)\n```" }
      return index == 0 ? "**\(escaped(line))**" : escaped(line)
    }.joined(separator: "\n\n")
  }

  /// A text whose characters mean nothing in Markdown.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      result += ("\\`*_{}[]<>#|~".contains(character) ? "\\" : "") + String(character)
    }
  }

  /// The lines about the key or the value of an entry; none where nothing is known.
  func lines(_ entry: Int, isKey: Bool) -> [String] {
    let path = outline.path(entry)
    let text = outline.entries[entry].text
    if !isKey, let text, let reference = ReferenceText(text) { return lines(of: reference) }
    switch (path.first, path.count) {
    case ("params", 2), ("inputs", 2), ("stages", 2): return lines(ofName: path[1])
    case ("stages", 3) where path[2] == "stage" && !isKey:
      guard let declaration = text.flatMap({ file.vocabulary.stages[$0] }) else { return [] }
      return [declaration.name, declaration.summary, declaration.help(color: false)]
    case ("stages", 4) where path[2] == "with": return parameter(path[3], of: path[1])
    case ("stages", 6) where path[2] == "for" && isKey: return parameter(path[5], of: path[1])
    case ("stages", 4) where path[2] == "for" && isKey: return lines(ofName: path[3])
    case ("stages", 4...) where path[2] == "in" && (path.count == 4 || !isKey): return port(path[3], of: path[1])
    default: break
    }
    if path.first == "inputs", let lines = inputPart(path, isKey: isKey) { return lines }
    let parent = Array(path.dropLast())
    guard isKey, let key = Grammar.keys(at: parent).first(where: { $0.name == path.last }), !key.help.isEmpty else {
      return isKey ? [] : lines(ofName: text ?? "")
    }
    return [key.name, key.help]
  }

  // MARK: Names

  private func lines(of reference: ReferenceText) -> [String] {
    guard let part = reference.part, let node = plan?.node(reference.name), let port = node.declaration.output(part)
    else { return lines(ofName: reference.name) }
    return ["$\(reference.name).\(part)", "an output of the kind \(port.kind.name): \(port.help)"]
      + lines(ofName: reference.name)
  }

  private func lines(ofName name: String) -> [String] {
    switch names.kind(of: name) {
    case .param?:
      let value = outline.entry("params", name).map { outline.entries[$0] }
      let range = value.map { $0.keyRange.upperBound..<max($0.keyRange.upperBound, $0.end) }
      let words = range.map { file.document.text($0).drop { $0 == ":" || $0 == " " } } ?? ""
      let uses = names.all(of: name).count { !$0.isDefinition }
      return ["\(name): a param", "value: \(words)", "used \(Words.count(uses, "time"))"]
    case .input?: return input(name)
    case .stage?: return stage(name)
    case .axis?:
      let found = plan?.axes.filter { $0.name == name } ?? []
      return ["\(name): an axis"]
        + found.map { axis in
          guard let ids = axis.ids else { return "its items are known once what makes them has run" }
          let more = ids.count > 12 ? ", ..." : ""
          return "\(Words.count(ids.count, "item")): " + ids.prefix(12).joined(separator: ", ") + more
        }
    case nil: return []
    }
  }

  private func input(_ name: String) -> [String] {
    let found = plan?.inputs.filter { $0.name == name || $0.name.hasPrefix(name + "[") } ?? []
    return ["\(name): an input"]
      + found.prefix(12).map { "\($0.name): \($0.source.place), \($0.kind.name) as \($0.format)" }
  }

  private func stage(_ name: String) -> [String] {
    var lines = ["\(name): a stage"]
    if let node = plan?.node(name), let plan {
      lines.append("\(node.declaration.name): \(node.declaration.summary)")
      let axes = node.axes.map { plan.axes[$0] }
      let words = axes.map { "\($0.name) (\($0.count.map(String.init) ?? "?"))" }.joined(separator: " x ")
      lines.append(axes.isEmpty ? "one step" : "steps over \(words)")
    }
    if let standing = file.standing?.stages[name] {
      lines.append(standing.title + (file.isStale ? " (stale: the text has errors)" : ""))
    }
    return lines
  }

  // MARK: Parameters and ports

  private func parameter(_ name: String, of stage: String) -> [String] {
    guard let declaration = file.vocabulary.declaration(stage, in: outline) else { return [] }
    if name == Preset.key { return [name] + declaration.presets.map { "\($0.name): \($0.help)" } }
    guard let parameter = declaration.parameter(name) else { return [] }
    let lines = ["\(name), a parameter of \(declaration.name)", parameter.help, parameter.facts]
    guard let plan, let binding = plan.node(stage)?.parameters[name] else { return lines }
    let place = binding.position.map { Override.isFile($0.file) ? "" : ", set on line \($0.line)" } ?? ", the default"
    let unit = parameter.unit.isEmpty ? "" : " \(parameter.unit)"
    switch binding.source {
    case .value(let value): return lines + ["value: \(value)\(unit)\(place)"]
    case .axis(let axis, let values):
      let words = values.prefix(12).map(\.description).joined(separator: ", ") + (values.count > 12 ? ", ..." : "")
      return lines + ["values: \(words)\(unit), of the axis \(plan.axes[axis].name)"]
    }
  }

  private func port(_ name: String, of stage: String) -> [String] {
    guard let port = file.vocabulary.declaration(stage, in: outline)?.input(name) else { return [] }
    return ["\(name), a port that reads \(port.kindWords)", port.help, port.facts]
  }

  // MARK: Inputs

  private func inputPart(_ path: [String], isKey: Bool) -> [String]? {
    guard case (_, let format?, let rest)? = file.vocabulary.input(path, in: outline) else { return nil }
    if rest == ["format"], !isKey { return [format.name, format.help(color: false)] }
    guard rest.first == "options", rest.count > 1, let option = format.option(path[path.count - 1]) else { return nil }
    return ["\(option.name), an option of \(format.name)", option.help, "(\(option.facts))"]
  }
}
