package import Syntax
import Wording
package import YAML

/// Steps chosen by name: `scores`, `scores[k=6]`, `scores[k=6,task=prom*]`, `sc*`. An axis that the pattern does
/// not name matches any item; `*` and `?` are globs in names and ids.
package struct AddressPattern: Hashable, Sendable, CustomStringConvertible {
  /// The pseudo-file under which findings show a pattern.
  package static let file = AddressParts.file

  package let text: String
  private let name: String
  private let items: [StepAddress.Item]

  package var description: String { text }

  /// Reads `text` and checks it against `plan`. The pattern is nil exactly when there are findings; for rendering them,
  /// the text is the source named `AddressPattern.file`.
  package static func parse(_ text: String, plan: Plan) -> (pattern: AddressPattern?, findings: [Diagnostic]) {
    let findings = Findings()
    let all = Span(Position(file: file, line: 1, column: 1), length: text.unicodeScalars.count)
    guard let parts = AddressParts(text), !parts.name.text.isEmpty else {
      findings.error("'\(text)' is not a step: write name or name[axis=id,axis=id]", at: all)
      return (nil, findings.list)
    }
    let glob = Glob(parts.name.text)
    let nodes = plan.nodes.filter { glob.matches($0.name) }
    if nodes.isEmpty {
      let names = plan.nodes.map(\.name)
      let near = nearest(to: parts.name.text, in: names)
      findings.error(
        "no step is named '\(parts.name.text)'", at: parts.name.span, suggestion: near,
        help: near == nil ? "steps: " + names.joined(separator: ", ") : nil)
    }
    var items: [StepAddress.Item] = []
    for (axis, id) in parts.items {
      if let item = item(axis, id, of: nodes, in: plan, pattern: parts.name.text, findings) { items.append(item) }
    }
    if Set(items.map(\.axis)).count < items.count { findings.error("an axis is named twice", at: all) }
    guard !findings.hasErrors else { return (nil, findings.list) }
    return (AddressPattern(text: text, name: parts.name.text, items: items), [])
  }

  private static func item(
    _ axis: Name?, _ id: Name, of nodes: [Plan.Node], in plan: Plan, pattern: String, _ findings: Findings
  ) -> StepAddress.Item? {
    let axes = Set(nodes.flatMap(\.axes)).sorted().map { plan.axes[$0] }
    guard let axis else {
      report(unnamed: id, axes, pattern, findings)
      return nil
    }
    let named = axes.filter { $0.name == axis.text }
    guard !named.isEmpty else {
      guard !nodes.isEmpty else { return nil }
      let names = axes.map(\.name)
      let near = nearest(to: axis.text, in: names)
      let known = names.isEmpty ? "it has no axis" : "its axes: " + names.joined(separator: ", ")
      findings.error(
        "'\(pattern)' has no axis '\(axis.text)'", at: axis.span, suggestion: near, help: near == nil ? known : nil)
      return nil
    }
    let glob = Glob(id.text)
    let ids = named.compactMap(\.ids)
    // The items of a run-time axis are not known here, so any id may be one.
    guard ids.count < named.count || ids.contains(where: { $0.contains(where: glob.matches) }) else {
      let known = ids.flatMap { $0 }
      let near = nearest(to: id.text, in: known)
      let list = known.prefix(12).joined(separator: ", ") + (known.count > 12 ? ", ..." : "")
      findings.error(
        "the axis '\(axis.text)' has no item '\(id.text)'", at: id.span, suggestion: near,
        help: near == nil ? "its items: \(list)" : nil)
      return nil
    }
    return StepAddress.Item(axis: axis.text, id: id.text)
  }

  private static func report(unnamed id: Name, _ axes: [Plan.Axis], _ pattern: String, _ findings: Findings) {
    let glob = Glob(id.text)
    let holder = axes.first { $0.ids?.contains(where: glob.matches) ?? false } ?? axes.first { $0.ids == nil }
    findings.error(
      "an item is chosen as axis=id, which '\(id.text)' is not", at: id.span,
      suggestion: holder.map { "\($0.name)=\(id.text)" },
      help: axes.isEmpty ? "'\(pattern)' has no axis" : nil)
  }

  /// Whether the pattern names this step.
  package func matches(_ address: StepAddress) -> Bool {
    matches(node: address.node, axes: address.items.map(\.axis))
      && items.allSatisfy { item in
        address.items.contains { $0.axis == item.axis && Glob(item.id).matches($0.id) }
      }
  }

  /// Whether steps of this node can be named: its name matches, and it has every axis that the pattern names.
  package func matches(node: String, axes: [String]) -> Bool {
    Glob(name).matches(node) && items.allSatisfy { axes.contains($0.axis) }
  }

  /// Whether an item of an axis can be part of a step that the pattern names.
  package func matches(axis: String, id: String) -> Bool {
    items.allSatisfy { $0.axis != axis || Glob($0.id).matches(id) }
  }
}
