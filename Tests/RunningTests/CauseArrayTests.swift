import Artifacts
import Explaining
import Inputs
import Plans
import Testing

@testable import ModelStages
@testable import Resolving
@testable import TaskStages

/// For every parameter again, now from an axis: an edit of one item is a cause for that item alone, and an edit of what
/// the stage reads is one beside it.
@Suite struct CauseArrayTests {
  /// The ports that are bound.
  static func ports(_ declaration: StageDeclaration) -> [InputPort] {
    declaration.inputs.filter { $0.required || $0.alternative != nil }
  }

  /// Writes what the first port of `declaration` reads.
  static func source(for declaration: StageDeclaration) -> StageDeclaration {
    let kind = ports(declaration).first?.kinds[0] ?? .metrics
    return StageDeclaration(
      name: "source", version: 1, summary: "", parameters: [Scene.follow.parameters[0]],
      inputs: [InputPort("input", [.metrics], help: "")], outputs: [OutputPort("output", kind, .file, help: "")],
      example: "")
  }

  /// The stage under test over an axis of two items, after a step that it reads, if it reads any, and gathered.
  static func pipeline(_ edit: CauseTests.Edit, _ value: Value, weight: String, _ path: String) -> String {
    let ports = ports(edit.declaration)
    let values = CauseTests.values(edit, nil)
    let items = "{ v: \(CauseTests.written(value)), w: \(CauseTests.written(edit.values.old)) }"
    let lines =
      ["bioarc: 1", "name: generated", "inputs:", "  any: { path: \(path), kind: metrics, format: raw }"]
      + ports.dropFirst().map { "  for-\($0.name): { path: \(path), kind: \($0.kinds[0]), format: raw }" }
      + ["stages:", "  before: { stage: source, with: { weight: \(weight) }, in: { input: $any } }"]
      + ["  subject:", "    stage: \(edit.declaration.name)", "    for: { value: \(items) }", "    with:"]
      + ["      \(edit.parameter.name): $value"] + values.map { "      \($0): \(CauseTests.written($1))" }
      + (ports.isEmpty ? [] : ["    in:", "      \(ports[0].name): $before.output"])
      + ports.dropFirst().map { "      \($0.name): $for-\($0.name)" }
      + [
        "  all:", "    stage: gather",
        "    in: { items: { from: $subject.\(edit.declaration.outputs[0].name), over: { item: [value] } } }",
      ]
    return lines.joined(separator: "\n") + "\n"
  }

  @Test(arguments: CauseTests.edits) func `an edit of one item is a cause for that item alone`(_ edit: CauseTests.Edit)
    throws
  {
    let scene = try Scene(CauseTests.declarations + [Self.source(for: edit.declaration)])
    let (old, new) = edit.values
    let after = Self.pipeline(edit, new, weight: "0.5", scene.path("input"))
    try scene.run(Self.pipeline(edit, old, weight: "1", scene.path("input")))
    // While what it reads has no result yet, and when that has one.
    for isThere in [false, true] {
      if isThere { try scene.run(after, only: ["before"]) }
      let resolution = try scene.resolve(after)
      let place = resolution.plan.axes[0].position
      let own = Change.parameter(
        name: edit.parameter.name, old: old.description, new: new.description, position: place, axis: "value")
      let isOwn = edit.parameter.role != .resource
      let weight = Change.parameter(
        name: "weight", old: "1", new: "0.5", position: resolution.plan.nodes[0].parameters["weight"]?.position,
        axis: nil)
      let read = Self.ports(edit.declaration).isEmpty ? [] : [weight]
      let why = try scene.why(resolution)
      let roots = { (step: String) in try why.excerpt(for: resolution.step(step)).edits.map(\.change) }
      #expect(try roots("subject[value=v]") == (isOwn ? [own] : []) + read)
      #expect(try roots("subject[value=w]") == read)
      #expect(try Set(roots("all")) == Set((isOwn ? [own] : []) + read))
    }
  }
}
