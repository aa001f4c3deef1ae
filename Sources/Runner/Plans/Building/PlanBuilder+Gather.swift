import Artifacts
import Syntax
import Wording
import YAML

extension PlanBuilder {
  /// `source`, the one artifact that a gathering port gathers: an item without ids. An array must say over which axes.
  func single(
    _ source: PortDraft, _ term: Term, _ port: InputPort, _ stage: PipelineSyntax.Stage
  ) -> PortDraft {
    var result = source
    for role in port.roles { result.over[role] = [] }
    guard source.areAxesKnown, !source.axes.isEmpty else { return result }
    var over = port.roles.map { (role: $0, axes: [String]()) }
    for axis in source.axes.map({ axes[$0].name }) {
      // The role that another port of the stage gives the axis, or else the axis's name.
      let role = stage.ports.lazy.compactMap { $0.value.role(of: axis) }.first ?? axis
      let place = over.firstIndex { $0.role == role } ?? 0
      over[place].axes.append(axis)
    }
    let words = over.filter { !$0.axes.isEmpty }.map { "\($0.role): [\($0.axes.joined(separator: ", "))]" }
    var text = "$stage.port"
    if case .reference(let reference) = term.content { text = reference.text }
    findings.error(
      "the port '\(port.name)' gathers many artifacts: say over which axes", at: term.span,
      help: "write { from: \(text), over: { \(words.joined(separator: ", ")) } }, each axis in the role that it has")
    return PortDraft(source: .unknown, span: term.span, areAxesKnown: false)
  }

  /// `source` gathered over the axes that `over` names.
  func gathered(
    _ source: PortDraft, _ over: [(role: Name, ids: [PipelineSyntax.GatheredID])], at span: Span,
    _ port: InputPort, _ draft: NodeDraft
  ) -> PortDraft {
    var result = source
    for role in port.roles { result.over[role] = [] }
    let isOfAxes = over.contains { $0.ids.contains { if case .axis = $0 { true } else { false } } }
    if source.areAxesKnown, source.axes.isEmpty, isOfAxes {
      findings.error(
        "the gathered source is a single artifact, not an array", at: source.span,
        help: "bind it without 'over': \(port.name): $stage.port; an id of its own is written axis: id")
      result.areAxesKnown = false
    }
    var isWhole = true
    var constants: [String: Span] = [:]
    for (role, ids) in over {
      guard port.roles.contains(role.text) else {
        findings.error(
          "the port '\(port.name)' has no role '\(role.text)'", at: role.span, name: role.text, candidates: port.roles,
          help: "its roles: " + port.roles.joined(separator: ", "))
        isWhole = false
        continue
      }
      for id in ids {
        switch id {
        case .axis(let name):
          guard let axis = gatheredAxis(name, in: &result) else {
            isWhole = false
            continue
          }
          result.over[role.text, default: []].append(.axis(axis))
        case .constant(let name, let id):
          if source.axes.contains(where: { axes[$0].name == name.text }) {
            findings.error(
              "the source has the axis '\(name.text)': its items have their own ids", at: name.span,
              suggestion: name.text)
            isWhole = false
          } else if let first = constants.updateValue(name.span, forKey: name.text) {
            findings.error(
              "'\(name.text)' is stated twice", at: name.span, notes: [.init("first stated here", at: first)])
            isWhole = false
          }
          result.over[role.text, default: []].append(.constant(axis: name.text, id: id.text))
        }
      }
    }
    if case .unknown = source.source { return result }
    if result.gathered.isEmpty, constants.isEmpty, isWhole, result.areAxesKnown {
      findings.error("'over' names no axis to gather", at: span, help: "write \(port.gatherExample)")
    }
    result.areAxesKnown = result.areAxesKnown && isWhole
    return result
  }

  /// Sources that a port gathers together have the same names of ids in the same order, which are compared by their
  /// places; and what two of them give of a kind has different ids.
  func checkRoles(_ drafts: [PortDraft], _ port: InputPort) {
    guard let first = drafts.first, drafts.allSatisfy(\.areAxesKnown) else { return }
    for (index, draft) in drafts.enumerated() where !port.roles.isEmpty {
      let kind = kind(of: draft)
      guard kind != nil,
        let twin = drafts[..<index].first(where: { other in
          self.kind(of: other) == kind && port.roles.allSatisfy { shareIDs(other, draft, $0) }
        })
      else { continue }
      findings.error(
        "two sources of the port '\(port.name)' give their results the same ids", at: draft.span,
        help:
          "bind a list with one of these for each, with other ids: "
          + "{ from: [...], over: { \(port.roles[0]): [name: a] } }",
        notes: [.init("the other source is here", at: twin.span)])
    }
    for role in port.roles {
      let names = { (draft: PortDraft) in
        draft.over[role, default: []].map { id in
          switch id {
          case .axis(let axis): axes[axis].name
          case .constant(let axis, _): axis
          }
        }
      }
      let expected = names(first)
      for draft in drafts.dropFirst() where names(draft) != expected {
        findings.error(
          "the sources of the port '\(port.name)' differ in '\(role)': [\(names(draft).joined(separator: ", "))] here, "
            + "[\(expected.joined(separator: ", "))] first", at: draft.span,
          help: "each states the same names in the same order; an axis that a source lacks is written name: id",
          notes: [.init("the first source is here", at: first.span)])
      }
    }
  }

  /// Whether some items of both sources have the same ids in a role, as far as ids are known before a run.
  private func shareIDs(_ a: PortDraft, _ b: PortDraft, _ role: String) -> Bool {
    let (first, second) = (a.over[role, default: []], b.over[role, default: []])
    return first.count == second.count
      && zip(first, second).allSatisfy { x, y in
        if x == y { return true }
        guard let known = ids(x), let other = ids(y) else { return false }
        return !Set(known).isDisjoint(with: other)
      }
  }

  private func ids(_ id: Plan.PortBinding.GatheredID) -> [String]? {
    switch id {
    case .axis(let axis): axes[axis].ids
    case .constant(_, let id): [id]
    }
  }

  private func kind(of draft: PortDraft) -> ArtifactKind? {
    switch draft.source {
    case .output(_, let port), .chosen(_, let port, _): port.kind
    case .input(let input): inputs[input].kind
    case .axis, .named, .text, .unknown: nil
    }
  }

  /// The source's axis of that name, or nil with a finding.
  private func gatheredAxis(_ name: Name, in port: inout PortDraft) -> Int? {
    if let first = port.gathered.first(where: { axes[$0.index].name == name.text }) {
      findings.error(
        "the axis '\(name.text)' is gathered twice", at: name.span,
        notes: [.init("first gathered here", at: first.span)])
      return nil
    }
    if let axis = port.axes.first(where: { axes[$0].name == name.text }) {
      port.gathered.append(.init(index: axis, span: name.span))
      return axis
    }
    guard port.areAxesKnown else { return nil }
    let known = port.axes.map { axes[$0].name }
    let near = findings.nearest(to: name.text, in: known)
    findings.error(
      "the gathered source has no axis '\(name.text)'", at: name.span, suggestion: near,
      help: near != nil ? nil : known.isEmpty ? "it has no axis" : "its axes: " + known.joined(separator: ", "))
    return nil
  }
}

extension PipelineSyntax.PortTerm {
  /// The role in which an axis is gathered; nil where it is not.
  fileprivate func role(of axis: String) -> String? {
    switch self {
    case .gather(_, let over, _): over.first { $0.ids.contains { $0.axis.text == axis } }?.role.text
    case .several(let parts, _): parts.lazy.compactMap { $0.role(of: axis) }.first
    case .one, .chosen, .from, .broken: nil
    }
  }
}

extension InputPort {
  /// The binding of a gathering port, for help.
  var gatherExample: String {
    "{ from: $stage.port, over: { " + roles.map { "\($0): [axis]" }.joined(separator: ", ") + " } }"
  }
}
