import Artifacts
import Syntax
import YAML

extension PlanBuilder {
  /// Whether `port` reads `kind`; else that is a finding.
  func checkKind(
    _ kind: ArtifactKind, of what: String, at span: Span, _ port: InputPort, note: Diagnostic.Note? = nil,
    suggestion: String? = nil, help: String? = nil
  ) -> Bool {
    if port.kinds.contains(kind) || kind.name.isEmpty { return true }
    let expected = port.kindWords + (port.acceptsText ? " or text" : "")
    findings.error(
      "the port '\(port.name)' reads \(expected), but \(what) is \(kind.words)", at: span,
      suggestion: suggestion, help: help, notes: note.map { [$0] } ?? [])
    return false
  }

  /// Checks the output that a port reads; suggests another of its stage's ports, or the members of a collection,
  /// where those fit.
  func checkOutput(
    _ output: OutputPort, of source: NodeDraft, _ reference: Reference, at span: Span, _ port: InputPort
  ) -> Bool {
    let other = source.declaration?.outputs.first { port.kinds.contains($0.kind) }
    var help: String?
    if let member = output.member, port.kinds.contains(member) {
      help = "it is a collection: make an axis of it with for: { \(member): \(reference.text) } and write $\(member)"
    }
    return checkKind(
      output.kind, of: reference.text, at: span, port,
      suggestion: help == nil ? other.map { Reference(name: source.name, part: $0.name).text } : nil, help: help)
  }

  /// Checks every item of an axis that `port` is bound to.
  func checkItems(_ axis: Int, _ reference: Reference, at span: Span, _ port: InputPort) -> Bool {
    switch axes[axis].items {
    case .inputs(let items):
      for (place, item) in items.enumerated() {
        let note = Diagnostic.Note("the item is declared here", at: axisSpans[axis].items[place])
        let what = "the item '\(item.id)' of \(reference.text)"
        guard checkKind(inputs[item.input].kind, of: what, at: span, port, note: note) else { return false }
      }
    case .members(let node, let name):
      let source = drafts.lazy.compactMap { $0 }.first { $0.index == node }
      guard let member = source?.declaration?.output(name)?.member else { return true }
      return checkKind(member, of: "an item of \(reference.text)", at: span, port)
    case .records:
      findings.error(
        "the items of the axis '\(reference.name)' are maps of parameters, no artifacts and no text", at: span)
      return false
    case .values(let items):
      guard port.acceptsText else {
        findings.error(
          "the port '\(port.name)' reads an artifact (\(port.kindWords)), but \(reference.text) is an axis of values",
          at: span)
        return false
      }
      for (place, item) in items.enumerated() {
        if case .string = item.value { continue }
        findings.error(
          "the port '\(port.name)' reads text, so this item must be a string, not \(item.value)",
          at: axisSpans[axis].items[place], help: "quote it", notes: [.init("used here", at: span)])
        return false
      }
    }
    return true
  }
}

extension ArtifactKind {
  /// "of the kind tokens", which fits after "is".
  var words: String { "of the kind \(name)" }
}
