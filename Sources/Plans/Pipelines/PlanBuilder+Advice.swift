internal import Artifacts

extension PlanBuilder {
  /// Warns of valid values that the stage's declaration advises against: by each of its rules once.
  func warnOfUnwise(_ draft: NodeDraft) {
    for advice in draft.declaration?.advice ?? [] {
      guard let warning = settings(of: advice.reads, in: draft).lazy.compactMap(advice.warning).first else { continue }
      let stated = draft.syntax.parameters.first { $0.name.text == advice.place }
      findings.warning(warning.message, at: stated?.value.span ?? draft.syntax.name.span, help: warning.help)
    }
  }

  /// The values of some parameters in the stage's steps: one setting, or one for each combination of items of the axes
  /// that these parameters take their values from.
  private func settings(of names: [String], in draft: NodeDraft) -> [[String: Value]] {
    var settings: [[String: Value]] = [[:]]
    var readers: [Int: [Parameter]] = [:]
    for name in names {
      guard let parameter = draft.declaration?.parameter(name), let binding = draft.parameters[name] else { return [] }
      switch binding.source {
      case .value(let value): settings[0][name] = value
      case .axis(let axis): readers[axis, default: []].append(parameter)
      }
    }
    for axis in readers.keys.sorted() {
      guard case .values(let items) = axes[axis].items else { return [] }
      settings = settings.flatMap { setting in
        items.map { item in
          var setting = setting
          for parameter in readers[axis, default: []] {
            setting[parameter.name] = try? parameter.type.accept(item.value).get()
          }
          return setting
        }
      }
    }
    return settings
  }
}
