/// A rule about the values of a stage: faults that the pipeline file alone decides are found before anything runs.
/// The rule is asked for every combination of the items of the axes that its values come from.
package struct StageRule: Sendable {
  /// Parameters, and ports that may be bound to text or to an input with options, that the rule reads.
  package let reads: [String]
  /// Whether a finding counts only where every combination gives it, as that a parameter is read by none of them.
  package let isOfAll: Bool
  /// Findings about these values; a value that is not known before a run is absent.
  package let findings: @Sendable (_ settings: StageSettings) -> [StageFinding]

  package init(
    reads: [String], isOfAll: Bool = false,
    findings: @escaping @Sendable (_ settings: StageSettings) -> [StageFinding]
  ) {
    self.reads = reads
    self.isOfAll = isOfAll
    self.findings = findings
  }
}

extension StageContext {
  /// Throws the first error that the rules of a stage find in a step's parameters, as a `StageFailure`.
  package func check(_ declaration: StageDeclaration) throws {
    let settings = StageSettings(values: parameters, bound: Set(inputs.keys))
    for rule in declaration.rules {
      if let finding = rule.findings(settings).first(where: { !$0.isWarning }) {
        throw StageFailure(code: finding.code, finding.message)
      }
    }
  }
}

extension StageDeclaration {
  /// The parameters among these that have another than their neutral value.
  package func stated(_ names: [String], _ settings: StageSettings) -> [String] {
    parameters.filter { parameter in
      names.contains(parameter.name) && settings.values[parameter.name].map { !parameter.isNeutral($0) } ?? false
    }.map(\.name)
  }

  /// A warning for each of these parameters that is stated, although `chosen` makes the stage read none of them.
  package func unread(_ names: [String], _ settings: StageSettings, because chosen: String) -> [StageFinding] {
    stated(names, settings).map { .warning("'\($0)' is not read: \(chosen)", at: $0) }
  }
}
