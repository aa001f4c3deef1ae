import Artifacts
import Syntax
import YAML

extension PlanBuilder {
  /// Binds the parameters that a preset sets and the file does not; returns them. Over an axis of names each item has
  /// the values of its own preset, and defaults for what that leaves out.
  mutating func bindPreset(_ term: Term, _ stated: Set<String>, in draft: inout NodeDraft) -> Set<String> {
    let declaration = draft.declaration!
    let names = ParameterType.choice(declaration.presets.map(\.name))
    let preset = { (value: Value) in declaration.presets.first { .string($0.name) == value } }
    var known: [String: Value?] = [:]
    for name in stated {
      if case .value(let value)? = draft.parameters[name]?.source {
        known[name] = value
      } else {
        known[name] = .some(nil)
      }
    }
    guard case .reference = term.content else {
      guard let value = check(term, names, "'\(Preset.key)'", use: term.use), let preset = preset(value) else {
        return []
      }
      let values = preset.values(known)
      for (name, value) in values where !stated.contains(name) {
        draft.parameters[name] = Plan.ParameterBinding(source: .value(value), position: term.span.position)
      }
      return Set(values.keys)
    }
    // The names of an axis are checked as those of a parameter would be.
    let chosen = Parameter(Preset.key, names, default: nil, neutral: nil, help: "")
    guard let binding = bind(chosen, term, in: &draft), case .axis(let axis, let values) = binding.source else {
      return []
    }
    let presets = values.compactMap(preset).map { $0.values(known) }
    let set = Set(presets.flatMap(\.keys))
    for name in set where !stated.contains(name) {
      let standard = declaration.parameter(name)?.defaultValue
      let values = presets.compactMap { $0[name] ?? standard }
      draft.parameters[name] = Plan.ParameterBinding(source: .axis(axis, values), position: binding.position)
    }
    return set
  }
}
