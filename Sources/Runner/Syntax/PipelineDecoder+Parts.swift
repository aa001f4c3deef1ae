import Artifacts
import YAML

extension PipelineDecoder {
  /// The entries of a map; none, with a finding, for anything else.
  func pairs(_ node: YAMLNode?, _ what: String) -> [YAMLPair] {
    guard let node, !node.isNull else { return [] }
    guard case .mapping(let pairs) = node.content else {
      findings.error("\(what) must be a map, not \(node.words)", at: node.span, help: MissingSpace.help(node))
      return []
    }
    return pairs
  }

  /// The values of a map by key; an unknown key is a finding. nil for a node that is no map.
  func fields(of node: YAMLNode, _ what: String, _ known: [String], hint: String? = nil) -> Fields? {
    guard case .mapping(let pairs) = node.content else {
      findings.error("\(what) must be a map, not \(node.words)", at: node.span, help: hint)
      return nil
    }
    var fields = Fields()
    for pair in pairs {
      if known.contains(pair.key) {
        fields.values[pair.key] = pair.value
      } else {
        let near = findings.nearest(to: pair.key, in: known)
        fields.unknown.append(near)
        findings.error(
          "unknown key '\(pair.key)' in \(what)", at: pair.keySpan, suggestion: near,
          help: near == nil ? MissingSpace.help(pair.key) ?? "known keys: " + known.joined(separator: ", ") : nil)
      }
    }
    return fields
  }

  func name(_ pair: YAMLPair, _ what: String) -> Name {
    let name = Name(text: pair.key, span: pair.keySpan)
    _ = checkName(name, what)
    return name
  }

  func checkName(_ name: Name, _ what: String) -> Bool {
    if name.text == "params" {
      findings.error("'params' is reserved: \(what) cannot have this name", at: name.span)
      return false
    }
    if NameRules.isName(name.text) { return true }
    findings.error("'\(name.text)' is not a name for \(what)", at: name.span, help: "a name is " + NameRules.nameRule)
    return false
  }

  func id(_ text: String, _ span: Span) -> Name {
    if !NameRules.isID(text) {
      findings.error("'\(text)' is not an id", at: span, help: "an id has " + NameRules.idRule)
    }
    return Name(text: text, span: span)
  }

  func string(_ node: YAMLNode, _ what: String) -> Name? {
    if case .scalar(let scalar) = node.content, case .string(let text) = scalar.value, !text.isEmpty {
      return Name(text: text, span: node.span)
    }
    findings.error("\(what) must be a string, not \(node.words)", at: node.span)
    return nil
  }
}

extension Span {
  /// The first character of the span.
  var start: Span { Span(position, length: 1) }
}
