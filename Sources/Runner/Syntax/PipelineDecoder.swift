internal import Artifacts
package import YAML

/// Checks the shape of a pipeline file: its keys, and the kind of node at each place.
package struct PipelineDecoder {
  static let version = 1
  let findings: Findings

  package init(findings: Findings) {
    self.findings = findings
  }

  /// The syntax of the file whose root is given; worthless when findings hold an error.
  package func decode(_ root: YAMLNode) -> PipelineSyntax {
    var syntax = PipelineSyntax()
    let keys = ["bioarc", "name", "params", "inputs", "stages"]
    if root.isNull {
      findings.error("the file is empty", at: root.span, help: "it starts with 'bioarc: 1'")
      return syntax
    }
    guard let fields = fields(of: root, "a pipeline", keys, hint: "it starts with 'bioarc: 1'") else { return syntax }
    guard checkVersion(fields, root: root) else { return syntax }
    if let node = fields["name"] { syntax.name = string(node, "'name'") }
    if fields.lacks("name") { findings.error("'name' is missing: a pipeline has a name", at: root.span.start) }
    for pair in pairs(fields["params"], "'params'") {
      syntax.params.append(.init(name: name(pair, "a param"), value: param(pair)))
    }
    for pair in pairs(fields["inputs"], "'inputs'") { input(pair, into: &syntax) }
    for pair in pairs(fields["stages"], "'stages'") {
      syntax.stages.append(stage(pair))
    }
    if fields.lacks("stages") { findings.error("'stages' is missing: a pipeline has stages", at: root.span.start) }
    if let stages = fields["stages"], stages.isEmptyMap {
      findings.error("'stages' is empty: a pipeline has stages", at: stages.span)
    }
    return syntax
  }

  /// Whether the rest of the file can be read by this format's rules.
  private func checkVersion(_ fields: Fields, root: YAMLNode) -> Bool {
    guard let node = fields["bioarc"] else {
      guard fields.lacks("bioarc") else { return true }
      findings.error(
        "'bioarc' is missing: the version of the file's format", at: root.span.start, help: "start with 'bioarc: 1'")
      return true
    }
    guard case .scalar(let scalar) = node.content, let version = scalar.whole else {
      findings.error(
        "'bioarc' must be the number 1, the version of the file's format, not \(node.words)", at: node.span)
      return true
    }
    if version > Self.version {
      findings.error(
        "this file has format \(version); this bioarc reads format \(Self.version)", at: node.span,
        help: "use a newer bioarc")
      return false
    }
    if version != Self.version { findings.error("there is no format \(version); the format is 1", at: node.span) }
    return true
  }

  private func param(_ pair: YAMLPair) -> Term {
    let term = Term(pair.value, what: "the param '\(pair.key)'", findings: findings)
    return noReferences(in: term) ? term : Term(.broken, at: term.span)
  }

  func noReferences(in term: Term) -> Bool {
    switch term.content {
    case .value, .broken: return true
    case .list(let terms): return terms.allSatisfy(noReferences)
    case .reference(let reference):
      findings.error("a param is a value; it cannot refer to \(reference.text)", at: term.span)
      return false
    }
  }

  private func input(_ pair: YAMLPair, into syntax: inout PipelineSyntax) {
    let name = name(pair, "an input")
    guard case .mapping(let entries) = pair.value.content else {
      findings.error(
        "the input '\(pair.key)' must be a map, not \(pair.value.words)", at: pair.value.span,
        help: "write { path: ..., kind: ..., format: ... }")
      return
    }
    if let axes = entries.first(where: { $0.key == "for" }) { return series(pair, name, axes, into: &syntax) }
    guard entries.contains(where: { $0.key == "axis" || $0.key == "items" }) else {
      syntax.inputs.append(.init(name: name, file: file(pair, "the input '\(pair.key)'")))
      return
    }
    let what = "the collection '\(pair.key)'"
    guard let fields = fields(of: pair.value, what, ["axis", "items"]) else { return }
    var items: [PipelineSyntax.Input] = []
    for item in pairs(fields["items"], "'items' of \(what)") {
      let id = id(item.key, item.keySpan)
      items.append(.init(name: id, file: file(item, "the item '\(item.key)'")))
    }
    if fields.lacks("items") { findings.error("\(what) has no 'items'", at: pair.keySpan) }
    guard let axisNode = fields["axis"] else {
      guard fields.lacks("axis") else { return }
      findings.error("\(what) has no 'axis': the name of the axis that it makes", at: pair.keySpan)
      return
    }
    guard let axis = string(axisNode, "'axis'"), checkName(axis, "an axis") else { return }
    if let node = fields["items"], node.isEmptyMap {
      findings.error("the axis '\(axis.text)' is empty", at: node.span)
    }
    syntax.collections.append(.init(name: name, axis: axis, items: items))
  }

  /// The value of an option. A map is a text of its entries, as NAME=VALUE.
  private func option(_ pair: YAMLPair) -> Term {
    let what = "the option '\(pair.key)'"
    guard case .mapping(let entries) = pair.value.content else {
      return Term(pair.value, what: what, findings: findings)
    }
    var texts: [String] = []
    for entry in entries {
      switch Term(entry.value, what: "'\(entry.key)' of \(what)", findings: findings).content {
      case .value(.string(let text)): texts.append("\(entry.key)=\(text)")
      case .value(let value): texts.append("\(entry.key)=\(value)")
      case .broken: return Term(.broken, at: pair.value.span)
      case .reference, .list:
        findings.error("'\(entry.key)' of \(what) must be one value", at: entry.value.span)
        return Term(.broken, at: pair.value.span)
      }
    }
    return Term(.value(.string(texts.joined(separator: ", "))), at: pair.value.span)
  }

  /// An input for each value of one axis.
  private func series(_ pair: YAMLPair, _ name: Name, _ axes: YAMLPair, into syntax: inout PipelineSyntax) {
    let what = "the input '\(pair.key)'"
    let file = file(pair, what, ["for"])
    let stated = pairs(axes.value, "'for' of \(what)")
    guard stated.count == 1 else {
      findings.error("'for' of \(what) has one axis, not \(stated.count)", at: axes.keySpan)
      return
    }
    let axis = Name(text: stated[0].key, span: stated[0].keySpan)
    guard checkName(axis, "an axis") else { return }
    syntax.collections.append(.init(name: name, axis: axis, series: (axisItems(stated[0]), file)))
  }

  /// `more` are keys that are read elsewhere.
  private func file(_ pair: YAMLPair, _ what: String, _ more: [String] = []) -> PipelineSyntax.File {
    var file = PipelineSyntax.File(span: pair.keySpan)
    guard case .mapping(let entries) = pair.value.content else {
      findings.error("\(what) must be a map, not \(pair.value.words)", at: pair.value.span)
      return file
    }
    let sources = entries.filter { ["path", "url", "result"].contains($0.key) }
    if sources.count > 1 {
      findings.error("\(what) has '\(sources[0].key)' and '\(sources[1].key)': one of them", at: sources[1].keySpan)
      return file
    }
    let source = sources.first?.key ?? "path"
    let parts = ["path": ["root", "path"], "url": ["url", "sha256"], "result": ["result", "output"]][source] ?? []
    let words = source == "path" ? what : "\(what), which is a \(source),"
    let form = source == "result" ? ["kind"] : ["kind", "format", "options"]
    guard let fields = fields(of: pair.value, words, parts + form + more) else { return file }
    let term = { (key: String) in fields[key].map { Term($0, what: "'\(key)' of \(what)", findings: findings) } }
    file.root = term("root")
    file.path = term("path")
    file.url = term("url")
    file.sha256 = term("sha256")
    file.result = term("result")
    file.output = term("output")
    file.kind = term("kind")
    file.format = term("format")
    for option in pairs(fields["options"], "'options' of \(what)") {
      let name = Name(text: option.key, span: option.keySpan)
      file.options.append((name, self.option(option)))
      if case .mapping = option.value.content { file.maps.insert(option.key) }
    }
    for key in [source] + form.filter({ $0 != "options" }) where fields.lacks(key) {
      findings.error("\(what) has no '\(key)'", at: pair.keySpan)
    }
    return file
  }
}
