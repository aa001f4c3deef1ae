import Artifacts
import YAML

extension PipelineDecoder {
  /// One entry of `stages`.
  func stage(_ pair: YAMLPair) -> PipelineSyntax.Stage {
    let what = "the stage '\(pair.key)'"
    var stage = PipelineSyntax.Stage(name: name(pair, "a stage"))
    let keys = ["stage", "for", "with", "in", "resources"]
    guard let fields = fields(of: pair.value, what, keys) else { return stage }
    let parts = [fields["for"], fields["in"]]
    stage.isPartial = !fields.unknown.isEmpty || !parts.allSatisfy(isMap)
    if let node = fields["stage"] { stage.stage = string(node, "'stage'") }
    if fields.lacks("stage") { findings.error("\(what) has no 'stage', the name of a stage to run", at: pair.keySpan) }
    for axis in pairs(fields["for"], "'for' of \(what)") {
      let name = Name(text: axis.key, span: axis.keySpan)
      if checkName(name, "an axis") { stage.axes.append((name, axisItems(axis))) } else { stage.isPartial = true }
    }
    if let with = fields["with"] { parameters(with, "'with' of \(what)", into: &stage) }
    for entry in pairs(fields["in"], "'in' of \(what)") {
      stage.ports.append((Name(text: entry.key, span: entry.keySpan), port(entry)))
    }
    if let node = fields["resources"] { stage.resources = resources(node, what) }
    return stage
  }

  /// A map of parameters, a reference to an axis whose items are such maps, or a list of both.
  private func parameters(_ node: YAMLNode, _ what: String, into stage: inout PipelineSyntax.Stage) {
    switch node.content {
    case .sequence(let parts):
      for part in parts { parameters(part, "an item of \(what)", into: &stage) }
    case .scalar(let scalar) where scalar.text.hasPrefix("$"):
      stage.records.append(Term(node, what: what, findings: findings))
    case .scalar, .mapping:
      if !isMap(node) { stage.isPartial = true }
      for entry in pairs(node, what) {
        let term = Term(entry.value, what: "the parameter '\(entry.key)'", findings: findings)
        stage.parameters.append((Name(text: entry.key, span: entry.keySpan), term))
      }
    }
  }

  private func resources(_ node: YAMLNode, _ what: String) -> [(name: Name, value: Term)] {
    let what = "'resources' of \(what)"
    guard !node.isNull, fields(of: node, what, Resources.keys) != nil else { return [] }
    return pairs(node, what).filter { Resources.keys.contains($0.key) }.map { entry in
      (Name(text: entry.key, span: entry.keySpan), Term(entry.value, what: "'\(entry.key)'", findings: findings))
    }
  }

  func axisItems(_ pair: YAMLPair) -> PipelineSyntax.AxisItems {
    let what = "the axis '\(pair.key)'"
    guard case .mapping(let entries) = pair.value.content else {
      return .term(Term(pair.value, what: what, findings: findings))
    }
    if entries.contains(where: { isMapping($0.value) }) {
      return .records(
        entries.map { entry in
          let fields = pairs(entry.value, "the item '\(entry.key)', as other items are,").map { field in
            let term = Term(field.value, what: "'\(field.key)' of '\(entry.key)'", findings: findings)
            return (name: Name(text: field.key, span: field.keySpan), value: term)
          }
          return (id(entry.key, entry.keySpan), fields)
        }, pair.value.span)
    }
    return .map(
      entries.map { entry in
        (id(entry.key, entry.keySpan), Term(entry.value, what: "the item '\(entry.key)'", findings: findings))
      }, pair.value.span)
  }

  private func port(_ pair: YAMLPair) -> PipelineSyntax.PortTerm {
    port(pair.value, "the port '\(pair.key)'", pair.keySpan)
  }

  private func port(_ node: YAMLNode, _ what: String, _ place: Span) -> PipelineSyntax.PortTerm {
    if case .sequence(let items) = node.content, items.contains(where: { isMapping($0) }) {
      let parts = items.map { port($0, what, $0.span) }.flatMap { part in
        if case .several(let inner, _) = part { inner } else { [part] }
      }
      return .several(parts, node.span)
    }
    guard case .mapping = node.content else { return .one(Term(node, what: what, findings: findings)) }
    guard let fields = fields(of: node, what, ["from", "over", "of"]) else { return .broken(node.span) }
    guard let from = fields["from"] else {
      guard fields.lacks("from") else { return .broken(node.span) }
      findings.error("\(what) has no 'from', the source that it reads", at: place)
      return .broken(node.span)
    }
    let source = Term(from, what: "'from' of \(what)", findings: findings)
    if let of = fields["of"] {
      if let over = fields["over"] {
        findings.error("\(what) has both 'of', which picks one item, and 'over', which gathers all", at: over.span)
        return .broken(node.span)
      }
      let choice = Term(of, what: "'of' of \(what)", findings: findings)
      guard case .list(let terms) = source.content else { return .chosen(from: source, of: choice) }
      return .several(terms.map { .chosen(from: $0, of: choice) }, source.span)
    }
    guard let over = fields["over"] else {
      return fields.lacks("over") && fields.lacks("of") ? .from(source, place) : .broken(node.span)
    }
    let roles = pairs(over, "'over' of \(what)").map { entry in
      var nodes = [entry.value]
      if case .sequence(let items) = entry.value.content { nodes = items }
      return (role: Name(text: entry.key, span: entry.keySpan), ids: nodes.flatMap(gatheredIDs))
    }
    // Outputs that are gathered over the same axes are listed.
    guard case .list(let terms) = source.content else { return .gather(from: source, over: roles, over.span) }
    return .several(terms.map { .gather(from: $0, over: roles, over.span) }, source.span)
  }

  private func isMapping(_ node: YAMLNode) -> Bool { if case .mapping = node.content { true } else { false } }

  /// The name of an axis, or `axis: id` for a source that does not have it.
  private func gatheredIDs(_ node: YAMLNode) -> [PipelineSyntax.GatheredID] {
    guard case .mapping(let pairs) = node.content else {
      return string(node, "an axis").map { [.axis($0)] } ?? []
    }
    return pairs.compactMap { pair in
      let axis = Name(text: pair.key, span: pair.keySpan)
      guard checkName(axis, "an axis") else { return nil }
      guard case .scalar(let scalar) = pair.value.content, !scalar.text.isEmpty else {
        findings.error("the id of '\(pair.key)' must be a string, not \(pair.value.words)", at: pair.value.span)
        return nil
      }
      return .constant(axis: axis, id: id(scalar.text, pair.value.span))
    }
  }

  private func isMap(_ node: YAMLNode?) -> Bool {
    guard let node, !node.isNull else { return true }
    if case .mapping = node.content { return true } else { return false }
  }
}
