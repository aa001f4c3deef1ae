package import Artifacts
import Wording
import YAML

extension StageDeclaration {
  /// The text of `bioarc stages NAME`, at most 100 columns wide where words allow; ends with a line break.
  package func help(color: Bool) -> String {
    HelpText.page(
      name, " (version \(version)): \(summary)",
      [
        ("Parameters (with)", "", parameters.map { HelpText.Row(name: $0.name, help: $0.help, facts: $0.facts) }),
        (
          "Presets (with: { preset: NAME })", "",
          presets.map { HelpText.Row(name: $0.name, help: $0.help, facts: $0.facts) }
        ),
        ("Reads (in)", "", inputs.map { HelpText.Row(name: $0.name, help: $0.help, facts: $0.facts) }),
        ("Writes", "", outputs.map { HelpText.Row(name: $0.name, help: $0.help, facts: $0.facts) }),
      ]
        + forms.map { form in
          (
            "How to write an \(form.name)", "\(form.help) For example \(form.example).",
            form.rows.map { HelpText.Row(name: $0.name, help: $0.help, facts: "") }
          )
        }, example: example, color: color)
  }
}

extension Preset {
  /// The values, in the order of names.
  fileprivate var facts: String {
    let values = values([:]).sorted { $0.key.precedesInBytes($1.key) }
    return "(" + values.map { "\($0.key): \(YAMLWriter.value($0.value))" }.joined(separator: ", ") + ")"
  }
}

extension Parameter {
  /// Type, range, unit, default and role, in words.
  package var facts: String {
    var facts = [type.description + (unit.isEmpty ? "" : ", in \(unit)")]
    facts.append(defaultValue.map { "default \(YAMLWriter.value($0))" } ?? "must be set")
    switch role {
    case .semantic: break
    case .horizon: facts.append("how far: raising it goes on from what there is")
    case .resource: facts.append("changes no result")
    }
    if let onset { facts.append("no effect up to '\(onset)'") }
    return "(" + facts.joined(separator: "; ") + ")"
  }
}

extension InputPort {
  /// Kinds, roles and what else may be bound, in words.
  package var facts: String {
    var facts = [kindWords]
    if !roles.isEmpty { facts.append("gathers over " + roles.joined(separator: ", ")) }
    if acceptsFailures { facts.append("accepts failures") }
    if acceptsText { facts.append("or a string") }
    if acceptsSeveral { facts.append("one or a list") }
    if let form { facts.append("given as \(form.rawValue)") }
    if let alternative { facts.append("this or '\(alternative)'") } else if !required { facts.append("optional") }
    return "(" + facts.joined(separator: "; ") + ")"
  }
}

extension OutputPort {
  /// Kind and layout, in words.
  fileprivate var facts: String {
    let form = member.map { "a collection, each of the kind \($0)" } ?? (layout == .tree ? "several files" : "one file")
    return "(\(kind); \(form)\(isOnDemand ? "; stored where something asks for it" : ""))"
  }
}
