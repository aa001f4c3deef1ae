import Artifacts
import Syntax
import YAML

extension PlanBuilder {
  /// The item of `source`, an array, that `choice` names: on each axis of the array that the chosen items have, by
  /// name.
  mutating func chosen(_ source: PortDraft, of choice: Term, _ port: InputPort) -> PortDraft {
    let unknown = PortDraft(source: .unknown, span: choice.span, areAxesKnown: false)
    guard case .reference(let reference) = choice.content else {
      if case .broken = choice.content { return unknown }
      findings.error(
        "'of' of the port '\(port.name)' must be a reference to a choice, not \(choice.words)", at: choice.span,
        help: "as $ranking.winner", notes: choice.useNotes)
      return unknown
    }
    guard let resolved = resolve(reference, at: choice.span) else { return unknown }
    guard case .output(let stage, let output) = resolved, output.kind == .choice else {
      if case .unknownOutput = resolved { return unknown }
      reportNoChoice(resolved, reference, at: choice.span)
      return unknown
    }
    guard output.layout == .file else {
      findings.error("\(reference.text) is a folder; a choice is one file", at: choice.span)
      return unknown
    }
    guard let chooser = drafts[stage], chooser.areAxesKnown, source.areAxesKnown else { return unknown }
    let names = chosenAxes(of: chooser)
    guard !names.isEmpty else {
      findings.error(
        "'\(chooser.name)' gathers no axis in the role of its choice, so that there is nothing to choose from",
        at: choice.span)
      return unknown
    }
    guard case .output(let node, let sourceOutput) = source.source else {
      if case .unknown = source.source { return unknown }
      findings.error("'of' picks an item of an array of outputs, and this is no output", at: source.span)
      return unknown
    }
    let decided = source.axes.compactMap { axis in names.firstIndex(of: axes[axis].name).map { (axis: axis, place: $0) }
    }
    guard !decided.isEmpty else {
      let name = drafts.lazy.compactMap { $0 }.first { $0.index == node }?.name ?? "stage"
      let has = source.axes.map { axes[$0].name }.joined(separator: ", ")
      findings.error(
        "the items of \(reference.text) have the axes \(names.joined(separator: ", ")), and the source "
          + (has.isEmpty ? "has none" : "has \(has)"), at: source.span,
        help: "bind it without 'of': \(port.name): $\(name).\(sourceOutput.name)")
      return unknown
    }
    var result = source
    result.source = .chosen(
      stage: node, port: sourceOutput, by: .init(node: chooser.index, port: output.name, axes: decided, names: names))
    result.decided = decided.map { .init(index: $0.axis, span: choice.span) }
    result.axes.removeAll { axis in decided.contains { $0.axis == axis } }
    result.axes += chooser.axes.map(\.index).filter { !result.axes.contains($0) }
    return result
  }

  /// The names of the axes of what `chooser` chooses, in the order of their ids in a choice.
  private func chosenAxes(of chooser: NodeDraft) -> [String] {
    // All places of a port have the same names in the same order.
    guard let (port, role) = chooser.declaration?.chosenRole,
      let place = chooser.ports.keys.first(where: { PortPlace($0).port == port.name }),
      let ids = chooser.ports[place]?.over[role]
    else { return [] }
    return ids.map { id in
      switch id {
      case .axis(let axis): axes[axis].name
      case .constant(let axis, _): axis
      }
    }
  }

  private func reportNoChoice(_ resolved: Resolved, _ reference: Reference, at span: Span) {
    guard case .output(let stage, let output) = resolved else {
      findings.error("\(reference.text) is no output, and so no choice", at: span)
      return
    }
    let other = declaration(of: stage)?.outputs.first { $0.kind == .choice }
    findings.error(
      "\(reference.text) is \(output.kind.words), not a choice", at: span,
      suggestion: other.map { Reference(name: reference.name, part: $0.name).text })
  }
}
