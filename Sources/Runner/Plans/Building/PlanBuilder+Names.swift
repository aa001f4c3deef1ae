import Artifacts
import Syntax
import Wording
import YAML

extension Term {
  /// For a value that a param brought: where it is used.
  var useNotes: [Diagnostic.Note] { use.map { [.init("used here", at: $0)] } ?? [] }
}

extension PlanBuilder {
  /// `term` with the values of params in their places.
  mutating func substituted(_ term: Term) -> Term {
    switch term.content {
    case .value, .broken: return term
    case .list(let terms) where terms.allSatisfy(\.isPlain): return term
    case .list(let terms):
      var result: [Term] = []
      for term in terms { result.append(substituted(term)) }
      return Term(.list(result), at: term.span, use: term.use)
    case .reference(let reference):
      if reference.name == "params" {
        guard let part = reference.part else {
          findings.error("'$params' alone is no value", at: term.span, help: "write $params.name")
          return Term(.broken, at: term.span)
        }
        guard let index = paramIndices[part] else {
          let near = findings.nearest(to: part, in: syntax.params.lazy.map(\.name.text))
          findings.error("unknown param '\(part)'", at: term.span, suggestion: near.map { "$params." + $0 })
          return Term(.broken, at: term.span)
        }
        return param(index, at: term.span)
      }
      if reference.part == nil, case .param(let index)? = names[reference.name]?.entity {
        return param(index, at: term.span)
      }
      return term
    }
  }

  private mutating func param(_ index: Int, at span: Span) -> Term {
    usedParams.insert(index)
    let value = syntax.params[index].value
    return Term(value.content, at: value.span, use: span)
  }

  /// Whether anything has the name; else that is a finding.
  func known(_ reference: Reference, at span: Span) -> Bool {
    if names[reference.name] != nil { return true }
    let near = findings.nearest(to: reference.name, in: sortedNames)
    findings.error(
      "unknown name \(reference.text)", at: span,
      suggestion: near.map { Reference(name: $0, part: reference.part).text })
    return false
  }

  /// The entity that `reference` names, or nil with a finding.
  mutating func resolve(_ reference: Reference, at span: Span) -> Resolved? {
    guard known(reference, at: span), let entity = names[reference.name]?.entity else { return nil }
    usedNames.insert(reference.name)
    if case .stage(let index) = entity { return output(reference, stage: index, at: span) }
    if case .collection(let index) = entity, let part = reference.part {
      return item(part, of: index, reference, at: span)
    }
    guard reference.part == nil else {
      findings.error(
        "'\(reference.name)' is \(entity.words): it has no ports", at: span,
        suggestion: Reference(name: reference.name, part: nil).text)
      return nil
    }
    switch entity {
    case .input(let index): return .input(index)
    case .collection(let index): return collectionAxes[index].map { .collection(axis: $0) }
    case .axis: return .axis(reference.name)
    case .param, .stage: return nil
    }
  }

  /// The item of a collection of inputs that has the id `part`.
  private func item(_ part: String, of collection: Int, _ reference: Reference, at span: Span) -> Resolved? {
    guard let axis = collectionAxes[collection], case .inputs(let items) = axes[axis].items else { return nil }
    if let item = items.first(where: { $0.id == part }) { return .input(item.input) }
    let near = findings.nearest(to: part, in: items.map(\.id))
    findings.error(
      "the collection '\(reference.name)' has no item '\(part)'", at: span,
      suggestion: near.map { Reference(name: reference.name, part: $0).text },
      help: near == nil ? "its items: " + items.map(\.id).joined(separator: ", ") : nil)
    return nil
  }

  private func output(_ reference: Reference, stage index: Int, at span: Span) -> Resolved? {
    guard let declaration = declaration(of: index) else { return .unknownOutput }
    let ports = declaration.outputs.map(\.name)
    let choices = ports.map { Reference(name: reference.name, part: $0).text }
    guard let part = reference.part else {
      if let sole = declaration.soleOutput { return .output(stage: index, port: sole) }
      findings.error(
        "'\(reference.name)' has \(ports.count) output ports: say which", at: span,
        help: ports.isEmpty ? nil : "write " + choices.joined(separator: " or "))
      return nil
    }
    if let port = declaration.output(part) { return .output(stage: index, port: port) }
    let near = findings.nearest(to: part, in: ports)
    findings.error(
      "the stage '\(reference.name)' (\(declaration.name)) has no output port '\(part)'", at: span,
      suggestion: near.map { Reference(name: reference.name, part: $0).text },
      help: near == nil ? "it has " + choices.joined(separator: ", ") : nil)
    return nil
  }

  /// The declaration of a stage of the file, if there is one.
  func declaration(of index: Int) -> StageDeclaration? {
    syntax.stages[index].stage.flatMap { declarations[$0.text] }
  }
}
