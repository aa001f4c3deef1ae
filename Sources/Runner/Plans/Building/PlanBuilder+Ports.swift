import Artifacts
import Syntax
import Wording
import YAML

extension PlanBuilder {
  /// The sources that each place of the bound ports reads, in the order of the declaration.
  mutating func portDrafts(_ draft: inout NodeDraft) -> [(name: String, draft: PortDraft)] {
    guard let declaration = draft.declaration else {
      draft.areAxesKnown = false
      return []
    }
    let bound = Dictionary(draft.syntax.ports.map { ($0.name.text, $0) }) { first, _ in first }
    var guesses: Set<String> = []
    for port in draft.syntax.ports where declaration.input(port.name.text) == nil {
      let known = declaration.inputs.map(\.name)
      let near = findings.nearest(to: port.name.text, in: known)
      if let near { guesses.insert(near) }
      let ports = known.isEmpty ? "it has no input ports" : "its ports: " + known.joined(separator: ", ")
      findings.error(
        "\(declaration.name) has no input port '\(port.name.text)'", at: port.name.span, suggestion: near,
        help: near == nil ? ports : nil)
      draft.areAxesKnown = false
    }
    var result: [(name: String, draft: PortDraft)] = []
    for port in declaration.inputs {
      if let entry = bound[port.name] {
        result += placeDrafts(entry.value, port, draft)
        if let other = port.alternative.flatMap({ bound[$0] }) {
          findings.error(
            "\(draft.what) binds both '\(port.name)' and '\(other.name.text)'; it reads one of them",
            at: other.name.span)
        }
      } else if port.required, !guesses.contains(port.name), !draft.syntax.isPartial {
        findings.error(
          "\(draft.what) does not bind the port '\(port.name)' (\(port.kindWords))", at: draft.syntax.name.span,
          help: "add in: { \(port.name): \(port.roles.isEmpty ? "$name" : port.gatherExample) }")
      } else if let other = port.alternative, bound[other] == nil, guesses.isEmpty, !draft.syntax.isPartial {
        findings.error(
          "\(draft.what) binds neither the port '\(port.name)' (\(port.kindWords)) nor '\(other)'",
          at: draft.syntax.name.span, help: "add in: { \(port.name): $name } or in: { \(other): $name }")
      }
    }
    return result
  }

  /// The sources of a port: at one place, or at as many as a list has references.
  private mutating func placeDrafts(
    _ value: PipelineSyntax.PortTerm, _ port: InputPort, _ draft: NodeDraft
  ) -> [(name: String, draft: PortDraft)] {
    let isList = port.acceptsSeveral || !port.roles.isEmpty
    let parts: [PipelineSyntax.PortTerm], span: Span
    switch value {
    case .several(let several, let place): (parts, span) = (several, place)
    case .one(let term):
      guard isList, case .list(let terms) = term.content else { return [(port.name, portDraft(value, port, draft))] }
      (parts, span) = (terms.map { .one($0) }, term.span)
    case .gather, .chosen, .from, .broken: return [(port.name, portDraft(value, port, draft))]
    }
    if parts.isEmpty { findings.error("the list at the port '\(port.name)' is empty", at: span) }
    var first: [String: Span] = [:]
    var result: [(name: String, draft: PortDraft)] = []
    for (index, part) in parts.enumerated() {
      if let (text, span) = part.reference {
        if let first = first[text] {
          findings.error("\(text) is in the list twice", at: span, notes: [.init("the first one is here", at: first)])
        }
        first[text] = first[text] ?? span
      }
      result.append((PortPlace(port.name, index + 1).name, portDraft(part, port, draft)))
    }
    checkRoles(result.map(\.draft), port)
    return result
  }

  private mutating func portDraft(_ value: PipelineSyntax.PortTerm, _ port: InputPort, _ draft: NodeDraft) -> PortDraft
  {
    switch value {
    case .broken(let span), .several(_, let span):
      return PortDraft(source: .unknown, span: span, areAxesKnown: false)
    case .one(let written):
      let term = substituted(written)
      let source = source(term, port)
      return port.roles.isEmpty ? source : single(source, term, port, draft.syntax)
    case .gather(let from, let over, let span):
      guard !port.roles.isEmpty else {
        findings.error(
          "the port '\(port.name)' reads one artifact; it cannot gather", at: span,
          help: "a choice picks one of an array: { from: $stage.port, of: $ranking.winner }")
        return PortDraft(source: .unknown, span: span, areAxesKnown: false)
      }
      return gathered(source(substituted(from), port), over, at: span, port, draft)
    case .from(_, let place):
      findings.error(
        port.roles.isEmpty
          ? "the port '\(port.name)' has 'from' and no 'of', the choice that picks an item of it"
          : "the port '\(port.name)' has no 'over': the axes that it gathers, by role", at: place)
      return PortDraft(source: .unknown, span: place, areAxesKnown: false)
    case .chosen(let from, let choice):
      guard port.roles.isEmpty else {
        findings.error(
          "the port '\(port.name)' gathers many artifacts; 'of' picks one", at: choice.span,
          help: "write \(port.gatherExample)")
        return PortDraft(source: .unknown, span: choice.span, areAxesKnown: false)
      }
      return chosen(source(substituted(from), port), of: substituted(choice), port)
    }
  }

  /// The source that `term` gives to `port`.
  private mutating func source(_ term: Term, _ port: InputPort) -> PortDraft {
    let unknown = PortDraft(source: .unknown, span: term.span, areAxesKnown: false)
    switch term.content {
    case .broken: return unknown
    case .reference(let reference):
      guard let resolved = resolve(reference, at: term.span) else { return unknown }
      return source(resolved, reference, at: term.span, port) ?? unknown
    case .value(.string(let text)) where port.acceptsText && port.roles.isEmpty:
      return PortDraft(source: .text(text), span: term.span, use: term.use)
    case .value, .list:
      reportLiteral(term, port)
      return unknown
    }
  }

  private func reportLiteral(_ term: Term, _ port: InputPort) {
    if case .value(.string(let text)) = term.content {
      let name = text.split(separator: ".").first.map(String.init) ?? ""
      let suggestion = names[name] == nil ? nil : "$" + text
      findings.error(
        "the port '\(port.name)' reads an artifact (\(port.kindWords)), not text", at: term.span,
        suggestion: suggestion,
        help: suggestion == nil ? "declare the file under 'inputs' and write $name" : nil, notes: term.useNotes)
    } else {
      let expected = port.acceptsText ? "an artifact or a string" : "an artifact"
      var help: String?
      if case .list = term.content { help = "it reads one; an axis makes a step for each of several" }
      findings.error(
        "the port '\(port.name)' reads \(expected), not \(term.words)", at: term.span, help: help,
        notes: term.useNotes)
    }
  }

  private func source(_ resolved: Resolved, _ reference: Reference, at span: Span, _ port: InputPort) -> PortDraft? {
    switch resolved {
    case .unknownOutput: return nil
    case .input(let index):
      guard checkKind(inputs[index].kind, of: reference.text, at: span, port) else { return nil }
      return PortDraft(source: .input(index), span: span)
    case .collection(let axis):
      guard checkItems(axis, reference, at: span, port) else { return nil }
      return PortDraft(source: .axis(axis), span: span, axes: [axis])
    case .axis(let name):
      if !port.roles.isEmpty {
        let collection = collectionAxes.compactMap { $0 }.first { axes[$0].name == name }
        if let collection { return PortDraft(source: .axis(collection), span: span, axes: [collection]) }
        findings.error(
          "'\(name)' is an axis of this stage; the gathered source is an output or a collection of inputs", at: span)
        return nil
      }
      return PortDraft(source: .named(name), span: span)
    case .output(let stage, let output):
      guard let source = drafts[stage] else { return nil }
      guard checkOutput(output, of: source, reference, at: span, port) else { return nil }
      return PortDraft(
        source: .output(stage: source.index, port: output), span: span, axes: source.axes.map(\.index),
        areAxesKnown: source.areAxesKnown)
    }
  }

  /// Binds the ports once all axes of the stage are known.
  func bindPorts(_ ports: [(name: String, draft: PortDraft)], in draft: inout NodeDraft) {
    for (name, port) in ports {
      let source: Plan.PortBinding.Source
      switch port.source {
      case .unknown: continue
      case .input(let index): source = .input(index)
      case .output(let node, let output): source = .output(node: node, port: output.name)
      case .chosen(let node, let output, let choosing):
        source = .chosen(node: node, port: output.name, by: choosing)
      case .axis(let index): source = .axis(index)
      case .text(let text): source = .text(text)
      case .named(let axisName):
        guard let index = axis(named: axisName, in: draft), let declared = draft.declaration?.input(at: name) else {
          reportMissingAxis(axisName, at: port.span, in: &draft)
          continue
        }
        guard checkItems(index, Reference(name: axisName, part: nil), at: port.span, declared) else { continue }
        source = .axis(index)
      }
      if case .axis(let index) = source { draft.used.insert(index) }
      draft.terms[name] = Term(.value(.string("")), at: port.span, use: port.use)
      draft.ports[name] = Plan.PortBinding(source: source, over: port.over, position: port.span.position)
    }
  }
}

extension PipelineSyntax.PortTerm {
  /// One artifact of a list in words, and its place; nil for gathers and faults.
  fileprivate var reference: (text: String, span: Span)? {
    switch self {
    case .one(let term):
      if case .reference(let reference) = term.content { (reference.text, term.span) } else { nil }
    case .chosen(let from, let choice):
      if case .reference(let source) = from.content, case .reference(let choice) = choice.content {
        ("\(source.text) of \(choice.text)", from.span)
      } else {
        nil
      }
    case .gather, .from, .several, .broken: nil
    }
  }
}
