package import YAML

extension PipelineSyntax {
  /// Puts the value of a `--set` in its place.
  package mutating func apply(_ setting: ReadOverride, findings: Findings) {
    let term = Term(setting.value, what: "'\(setting.path.map(\.text).joined(separator: "."))'", findings: findings)
    let first = setting.path[0]
    if setting.path.count == 1 {
      guard let index = params.firstIndex(where: { $0.name.text == first.text }) else {
        let isStage = stages.contains { $0.name.text == first.text }
        return findings.error(
          "no param '\(first.text)'", at: first.span, name: first.text, candidates: params.map(\.name.text),
          help: isStage ? "a parameter of the stage is \(first.text).parameter=value" : nil)
      }
      if PipelineDecoder(findings: findings).noReferences(in: term) { params[index].value = term }
      return
    }
    guard let index = stages.firstIndex(where: { $0.name.text == first.text }) else {
      return findings.error(
        "no stage '\(first.text)'", at: first.span, name: first.text, candidates: stages.map(\.name.text))
    }
    let name = setting.path[1]
    if let place = stages[index].parameters.firstIndex(where: { $0.name.text == name.text }) {
      stages[index].parameters[place] = (name, term)
    } else {
      stages[index].parameters.append((name, term))
    }
  }
}
