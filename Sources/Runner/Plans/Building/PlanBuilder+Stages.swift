internal import Artifacts
import Syntax
import Wording
import YAML

extension PlanBuilder {
  /// Plans one stage; those that it reads have been visited.
  mutating func visit(_ index: Int) {
    let syntax = self.syntax.stages[index]
    var draft = NodeDraft(index: nodeCount, syntax: syntax, declaration: declaration(of: index))
    draft.command = draft.declaration.flatMap { self.own.stages[$0.name] }
    nodeCount += 1
    if syntax.isPartial { draft.areAxesKnown = false }
    if draft.declaration == nil, let stage = syntax.stage, !self.own.names.contains(stage.text) {
      let known = Set(declarations.keys).union(self.own.names).sorted()
      let near = findings.nearest(to: stage.text, in: known)
      findings.error(
        "unknown stage '\(stage.text)'", at: stage.span, suggestion: near,
        help: near == nil ? "stages: " + known.joined(separator: ", ") : nil)
    }
    let own = ownAxes(&draft)
    let ports = portDrafts(&draft)
    collectAxes(own: own, ports: ports, into: &draft)
    checkSize(&draft)
    bindPorts(ports, in: &draft)
    bindParameters(&draft)
    report(draft, warnings: false)
    bindResources(&draft)
    if draft.lacksAxis { draft.areAxesKnown = false }
    drafts[index] = draft
  }

  /// The axes of `for`, by their order in the file.
  private mutating func ownAxes(_ draft: inout NodeDraft) -> [NodeDraft.OwnAxis] {
    var result: [NodeDraft.OwnAxis] = []
    for axis in draft.syntax.axes {
      if let index = readAxis(axis.name, axis.items) {
        result.append(.init(index: index, span: axis.name.span))
      } else {
        draft.areAxesKnown = false
      }
    }
    return result
  }

  /// Puts the axes of all ports and of `for` in order, and checks that each name is one axis.
  private func collectAxes(
    own: [NodeDraft.OwnAxis], ports: [(name: String, draft: PortDraft)], into draft: inout NodeDraft
  ) {
    var incoming: [NodeDraft.OwnAxis] = []
    for (_, port) in ports {
      if !port.areAxesKnown { draft.areAxesKnown = false }
      draft.gathered += port.gathered
      draft.decided += port.decided
      if case .named(let name) = port.source {
        if let axis = own.first(where: { axes[$0.index].name == name }) { incoming.append(axis) }
      } else {
        let gathered = Set(port.gathered.map(\.index))
        incoming += port.axes.filter { !gathered.contains($0) }.map { .init(index: $0, span: port.span) }
      }
    }
    var byName: [String: NodeDraft.OwnAxis] = [:]
    for axis in incoming + own {
      let name = axes[axis.index].name
      guard let first = byName[name] else {
        byName[name] = axis
        draft.axes.append(axis)
        continue
      }
      guard first.index != axis.index else { continue }
      reportClash(name, first, axis, in: draft)
      draft.areAxesKnown = false
      draft.axes.removeAll { $0.index == first.index }
    }
    let taken = draft.gathered.map { ($0, "gathered here") } + draft.decided.map { ($0, "decided by the choice here") }
    for (axis, words) in taken {
      guard let left = byName[axes[axis.index].name] else { continue }
      findings.error(
        "the axis '\(axes[axis.index].name)' is \(words), but \(draft.what) also has it", at: axis.span,
        notes: [.init("it comes in here", at: left.span)])
      draft.areAxesKnown = false
    }
  }

  /// Says that a stage has too many steps, as far as its axes are known before a run.
  private func checkSize(_ draft: inout NodeDraft) {
    guard draft.areAxesKnown else { return }
    let known = draft.axes.map { axes[$0.index] }.filter { $0.count != nil }
    guard Plan.stepCount(known.compactMap(\.count)) == nil else { return }
    findings.error(
      "\(draft.what) has more than \(Plan.stepLimit) steps: "
        + known.map { "\($0.name) (\($0.count ?? 0))" }.joined(separator: " x "),
      at: draft.syntax.name.span, help: "each of its axes multiplies them; an axis that is gathered does not")
    draft.areAxesKnown = false
  }

  private func reportClash(_ name: String, _ a: NodeDraft.OwnAxis, _ b: NodeDraft.OwnAxis, in draft: NodeDraft) {
    let spans = [axisSpans[a.index].name, axisSpans[b.index].name]
    findings.error(
      "two axes named '\(name)' with different items meet in \(draft.what)", at: b.span,
      help: "give one of them another name, or both the same items",
      notes: zip(["one axis '\(name)' is made here", "the other one here"], spans).map { .init($0, at: $1) })
  }

  /// The index of a stage's axis of that name.
  func axis(named name: String, in draft: NodeDraft) -> Int? {
    draft.axes.first { axes[$0.index].name == name }?.index
  }

  /// Says that a stage lacks an axis, unless the place that would have brought it is wrong.
  func reportMissingAxis(_ name: String, at span: Span, in draft: inout NodeDraft) {
    guard draft.areAxesKnown else { return }
    draft.lacksAxis = true
    let own = draft.axes.map { axes[$0.index].name }
    let collection = syntax.collections.first { $0.axis.text == name }?.name.text
    let has = own.isEmpty ? "it has no axis" : "it has " + own.joined(separator: ", ")
    let help =
      if let collection { "write $\(collection) at a port to bring the axis in" } else {
        "\(has); an axis comes with an output that has it, or with 'for'"
      }
    findings.error("\(draft.what) does not have the axis '\(name)'", at: span, help: help)
  }

  /// Warns of axes that only `for` brings in and that nothing in the stage uses.
  func warnOfIdleAxes(_ draft: NodeDraft) {
    for axis in draft.syntax.axes {
      guard let own = draft.axes.first(where: { axes[$0.index].name == axis.name.text }),
        own.span == axis.name.span, !draft.used.contains(own.index)
      else { continue }
      findings.warning(
        "no parameter and no port of \(draft.what) uses the axis '\(axis.name.text)'", at: axis.name.span,
        help: "its items are all the same step")
    }
  }
}
