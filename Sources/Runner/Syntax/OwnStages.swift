package import Artifacts
package import YAML

/// The own stages that a pipeline asks for.
package struct OwnStages {
  /// By name, those without an error.
  package private(set) var stages: [String: CommandStage] = [:]
  /// The files that were read.
  package private(set) var files: [StageFile] = []
  /// The names of all files, for suggestions.
  package let names: Set<String>

  package init(_ all: [StageFile], named wanted: [String], builtIn: [StageDeclaration], findings: Findings) {
    names = Set(all.map(\.name))
    let wanted = Set(wanted)
    for file in all where wanted.contains(file.name) {
      let own = Findings()
      let stage = file.read(builtIn: builtIn, own)
      findings.take(own)
      if !own.hasErrors, let stage { stages[file.name] = stage }
      files.append(file)
    }
  }
}
