import Artifacts
import Syntax
import YAML

extension PlanBuilder {
  /// Combinations of items of axes that a rule is asked for; beyond them the stage itself finds its faults.
  private static let limit = 20_000

  /// The settings that one combination of items of axes gives to a rule.
  private struct Setting {
    var settings = StageSettings()
    /// By parameter or port, the axis and the place of its item.
    var items: [String: (axis: Int, item: Int)] = [:]
  }

  /// Reports the findings of the stage's own rules about the values of the file: errors, or warnings.
  func report(_ draft: NodeDraft, warnings: Bool) {
    for rule in draft.declaration?.rules ?? [] {
      let found = settings(of: rule.reads, in: draft).map { setting in
        (setting: setting, list: rule.findings(setting.settings).filter { $0.isWarning == warnings })
      }
      guard let first = rule.isOfAll ? found.first : found.first(where: { !$0.list.isEmpty }) else { continue }
      if rule.isOfAll {
        let common = first.list.filter { finding in found.allSatisfy { $0.list.contains(finding) } }
        for finding in common { report(finding, first.setting, draft) }
      } else {
        // A warning is given once: the first combination stands for all.
        for (setting, list) in warnings ? [first] : found {
          for finding in list { report(finding, setting, draft) }
        }
      }
    }
  }

  private func report(_ finding: StageFinding, _ setting: Setting, _ draft: NodeDraft) {
    let name = finding.places.first { draft.terms[$0] != nil }
    let place = name.flatMap { name in
      draft.terms[name].map { self.place(of: $0, item: finding.item, axis: setting.items[name]) }
    }
    let (span, notes) = place ?? (draft.syntax.name.span, [])
    if finding.isWarning {
      findings.warning(finding.message, at: span, help: finding.help, notes: notes)
    } else {
      findings.error(
        finding.message, at: span, suggestion: finding.suggestion,
        help: finding.suggestion == nil ? finding.help : nil, notes: notes)
    }
  }

  /// The place where a value, or an item of it, is written, and that of its use if it is another.
  private func place(
    of term: Term, item: Int?, axis: (axis: Int, item: Int)?
  ) -> (span: Span, notes: [Diagnostic.Note]) {
    if let axis {
      let spans = axisSpans[axis.axis].items
      return (spans.indices.contains(axis.item) ? spans[axis.item] : term.span, [.init("used here", at: term.span)])
    }
    if let item, case .list(let terms) = term.content, terms.indices.contains(item) {
      let use = terms[item].use ?? term.use
      return (terms[item].span, use.map { [.init("used here", at: $0)] } ?? [])
    }
    return (term.span, term.useNotes)
  }

  /// The values of parameters and ports in the stage's steps: one setting, or one for each combination of items of the
  /// axes that they come from. None where a parameter is wrong.
  private func settings(of names: [String], in draft: NodeDraft) -> [Setting] {
    var first = Setting()
    first.settings.bound = Set(draft.ports.keys)
    // By axis: a parameter with its value for each item, or a port.
    var readers: [Int: [(name: String, values: [Value]?)]] = [:]
    // A port is read at all its places.
    let places = names.flatMap { name in
      draft.declaration?.input(name) == nil
        ? [name] : draft.ports.keys.map(PortPlace.init).filter { $0.port == name }.sorted().map(\.name)
    }
    for name in places {
      if draft.declaration?.parameter(name) != nil {
        switch draft.parameters[name]?.source {
        case nil: return []
        case .value(let value): first.settings.values[name] = value
        case .axis(let axis, let values): readers[axis, default: []].append((name, values))
        }
      } else if let binding = draft.ports[name] {
        switch binding.source {
        case .text(let text): first.settings.values[name] = .string(text)
        case .input(let input): first.settings.options[name] = inputs[input].options
        case .axis(let axis): readers[axis, default: []].append((name, nil))
        case .output, .chosen: break
        }
      }
    }
    var settings = [first]
    for axis in readers.keys.sorted() {
      guard let count = axes[axis].count else { continue }
      guard settings.count * count <= Self.limit else { return [] }
      settings = settings.flatMap { setting in
        (0..<count).map { item in
          var setting = setting
          for (name, values) in readers[axis, default: []] {
            setting.items[name] = (axis, item)
            if let values {
              setting.settings.values[name] = values[item]
            } else {
              take(item, of: axes[axis], at: name, into: &setting.settings)
            }
          }
          return setting
        }
      }
    }
    return settings
  }

  private func take(_ item: Int, of axis: Plan.Axis, at port: String, into settings: inout StageSettings) {
    switch axis.items {
    case .values(let items): settings.values[port] = items[item].value
    case .inputs(let items): settings.options[port] = inputs[items[item].input].options
    case .members, .records: break
    }
  }
}
