import Artifacts
import JSON
import Plans
import Stages
import Syntax
import YAML

/// The text of a pipeline file, or of a lab's own stage. A line `#--set name=value` is given as an override.
struct PipelineTarget: FuzzTarget {
  let name = "yaml"

  private static let declarations = BuiltIn.stages.map { $0.declaration }

  let words: [String] = Self.syntax + Self.names

  private static let syntax: [String] = [
    "bioarc: 1\n", "name: ", "params:", "inputs:", "stages:", "stage: ", "for:", "with:", "in:", "from: ", "over:",
    "axis: ", "items:", "root: ", "path: ", "kind: ", "format: ", "options:", "$params.", "$", "$$", "&a ", "*a",
    "!!str ", "<<: ", "{", "}", "[", "]", ", ", ": ", "- ", "\n  ", "\n    ", "|\n", ">\n", "? ", "\"", "'", "\t",
    "0x7fffffffffffffff", "9223372036854775808", "-1e400", ".nan", "\u{FEFF}", "\u{2028}", "e\u{301}", "#--set ",
  ]

  private static let names: [String] = {
    var names = declarations.kinds.map(\.name).sorted()
    for stage in declarations {
      names.append(stage.name)
      names += stage.parameters.map { "\($0.name): " }
      names += stage.inputs.map { "\($0.name): " }
      names += stage.outputs.map { ".\($0.name)" }
    }
    return names
  }()

  func check(_ bytes: [UInt8]) {
    let overrides = bytes.split(separator: 10).filter { $0.starts(with: "#--set ".utf8) }.prefix(8).map {
      Override(String(decoding: $0.dropFirst(7), as: UTF8.self))
    }
    let planned = Planner.plan(
      text: bytes, file: "p.yaml", overrides: overrides, declarations: Self.declarations, formats: BuiltIn.formats)
    let hasErrors = planned.findings.contains { $0.severity == .error }
    require((planned.plan == nil) == hasErrors, "a plan with errors, or none without")
    let drawn = planned.findings.rendered(sources: planned.sources, color: true)
    require(drawn.isEmpty == planned.findings.isEmpty, "findings that cannot be drawn")
    for finding in planned.findings {
      require(planned.sources[finding.position.file] != nil, "a finding in no file: \(finding)")
      require(finding.position.line > 0 && finding.position.column > 0 && finding.length >= 0, "\(finding)")
      _ = finding.json.text()
    }
    let own = StageFile(path: "stages/p.yaml", text: bytes).read(builtIn: Self.declarations)
    require(own.stage == nil || own.findings.allSatisfy { $0.severity != .error }, "a stage with errors")
    require(
      own.findings.rendered(sources: ["stages/p.yaml": own.source], color: false).isEmpty == own.findings.isEmpty,
      "findings that cannot be drawn")
    if let plan = planned.plan { require(!plan.description.isEmpty, "a plan without a description") }
  }
}
