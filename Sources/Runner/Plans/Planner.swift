package import Artifacts
package import Syntax
package import YAML

/// The outcome of planning a pipeline file.
package struct Planned: Sendable {
  /// nil exactly when a finding is an error.
  package let plan: Plan?
  /// Errors and warnings, by place.
  package let findings: [Diagnostic]
  /// The texts that findings point into, by file name, for `Diagnostic.rendered`.
  package let sources: [String: String]
}

/// From the text of a pipeline file to a valid plan, or to all of its faults.
package enum Planner {
  /// Plans the pipeline in `text`.
  ///
  /// - Parameters:
  ///   - file: The path as the user named it, relative to the working directory or absolute.
  ///   - overrides: The values of `--set`, in order, then those of `--if`; the last one for a name counts.
  ///   - declarations: The stages that can be asked for.
  ///   - stageFiles: The files of a lab's folder of stages; those that the pipeline asks for are read.
  ///   - formats: The formats in which an input can be given. A kind that none is of can be no input.
  package static func plan(
    text: [UInt8], file: String, overrides: [Override], declarations: [StageDeclaration],
    stageFiles: [StageFile] = [], formats: [InputFormat]
  ) -> Planned {
    let findings = Findings()
    var sources = [
      file: String(decoding: text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...], as: UTF8.self)
    ]
    var settings: [ReadOverride] = []
    for option in Override.Option.allCases {
      let given = overrides.filter { $0.option == option }
      if !given.isEmpty { sources[option.rawValue] = given.map(\.text).joined(separator: "\n") }
      settings += given.enumerated().compactMap { ReadOverride($1, line: $0 + 1, findings: findings) }
    }
    var plan: Plan?
    if let root = YAMLReader.read(text, file: file, findings: findings) {
      var syntax = PipelineDecoder(findings: findings).decode(root)
      for setting in settings { syntax.apply(setting, findings: findings) }
      let own = OwnStages(
        stageFiles, named: syntax.stages.compactMap { $0.stage?.text }, builtIn: declarations,
        findings: findings)
      for stage in own.files { sources[stage.path] = stage.source }
      var builder = PlanBuilder(
        syntax: syntax, file: file, declarations: declarations, own: own, formats: formats, findings: findings)
      plan = builder.build()
    }
    return Planned(plan: findings.hasErrors ? nil : plan, findings: findings.sorted, sources: sources)
  }
}
