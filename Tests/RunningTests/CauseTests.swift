import Artifacts
import Explaining
import Plans
import Stages
import Syntax
import TestSupport
import Testing
import YAML

/// For every parameter of every built-in stage, and of the own stage that is shipped: a change of it is named as the
/// cause, alone, with its values and its place; and a change of what is in no key is no cause.
@Suite struct CauseTests {
  struct Edit: Sendable, CustomTestStringConvertible {
    let declaration: StageDeclaration
    let parameter: Parameter
    var testDescription: String { "\(declaration.name).\(parameter.name)" }

    /// Two values of the parameter; the first is its default, if it has one.
    var values: (old: Value, new: Value) {
      let candidates = Edit.candidates(parameter.type, parameter.defaultValue)
      let old = parameter.defaultValue ?? candidates[0]
      return (old, candidates.first { $0 != old }!)
    }

    /// The part of the time that the step is expected to take: a training of another length takes as long as that is.
    var share: Double {
      guard parameter.name == declaration.length?.name, case .int(let old) = values.old,
        case .int(let new) = values.new
      else { return 1 }
      return Double(new) / Double(old)
    }

    /// Values of a type, the first of which differ from `value`.
    static func candidates(_ type: ParameterType, _ value: Value?) -> [Value] {
      let all: [Value] =
        switch type {
        case .bool: [.bool(true), .bool(false)]
        case .string: [.string("changed"), .string("other")]
        case .choice(let names): names.map(Value.string)
        case .int(let range):
          [range.lowerBound, range.lowerBound &+ 1, min(range.upperBound, 7), range.upperBound].map(Value.int)
        case .float(let range):
          [range.lowerBound, range.lowerBound / 2 + range.upperBound / 2, range.upperBound].map(Value.float)
        case .list(let element): [.list([candidates(element, nil)[0]]), .list(candidates(element, nil))]
        }
      return all.filter { candidate in
        guard case .success(let accepted) = type.accept(candidate) else { return false }
        return accepted != value
      }
    }
  }

  /// Without rules: values of one parameter alone may make no sense with those of the others.
  static let declarations =
    BuiltIn.stages.map { withoutRules($0.declaration) }
    + [StageFile(path: "stages/kmer-baseline.yaml", text: kmerBaseline).read(builtIn: []).stage!.declaration]

  private static func withoutRules(_ stage: StageDeclaration) -> StageDeclaration {
    StageDeclaration(
      name: stage.name, version: stage.version, summary: stage.summary, parameters: stage.parameters,
      inputs: stage.inputs, outputs: stage.outputs, isParallel: stage.isParallel, example: stage.example)
  }

  private static let kmerBaseline = Array(try! Repository.text("stages/kmer-baseline.yaml").utf8)

  static let edits = declarations.flatMap { declaration in
    declaration.parameters.map { Edit(declaration: declaration, parameter: $0) }
  }

  /// The stage under test, two steps that follow it, and one that does not.
  static func pipeline(_ declaration: StageDeclaration, _ values: [(String, Value)], _ path: String) -> String {
    let ports = declaration.inputs.filter { $0.required || $0.alternative != nil }
    let lines =
      ["bioarc: 1", "name: generated", "inputs:", "  any: { path: \(path), kind: metrics, format: raw }"]
      + ports.map { "  for-\($0.name): { path: \(path), kind: \($0.kinds[0]), format: raw }" }
      + ["stages:", "  aside: { stage: follow, in: { input: $any } }", "  subject:", "    stage: \(declaration.name)"]
      + (values.isEmpty ? [] : ["    with:"] + values.map { "      \($0): \(written($1))" })
      + (ports.isEmpty ? [] : ["    in:"] + ports.map { "      \($0.name): $for-\($0.name)" })
      + [
        "  after: { stage: follow, in: { input: $subject.\(declaration.outputs[0].name) } }",
        "  last: { stage: follow, in: { input: $after.output, other: $aside.output } }",
      ]
    return lines.joined(separator: "\n") + "\n"
  }

  static func written(_ value: Value) -> String {
    if case .string(let text) = value { return "\"\(text)\"" }
    return value.description
  }

  /// The values that must be stated, and the one under test.
  static func values(_ edit: Edit, _ value: Value?) -> [(String, Value)] {
    edit.declaration.parameters.compactMap { parameter in
      if parameter.name == edit.parameter.name { return value.map { (parameter.name, $0) } }
      return parameter.defaultValue == nil ? (parameter.name, Edit.candidates(parameter.type, nil)[0]) : nil
    }
  }

  static func position(of parameter: String, in text: String) -> Position {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let line = lines.firstIndex { $0.hasPrefix("      \(parameter): ") }!
    return Position(file: "p.yaml", line: line + 1, column: parameter.count + 9)
  }

  @Test(arguments: edits) func `a changed parameter is named as the cause, alone`(_ edit: Edit) throws {
    let scene = try Scene(Self.declarations)
    let (old, new) = edit.values
    let text = { (value: Value?) in
      Self.pipeline(edit.declaration, Self.values(edit, value), scene.path("input"))
    }
    let before = text(edit.parameter.defaultValue == nil ? old : nil)
    let after = text(new)
    #expect(try scene.run(before) == 4)
    if edit.parameter.role == .resource { return try isNoCause(edit, scene, before, after) }
    let change = Change.parameter(
      name: edit.parameter.name, old: old.description, new: new.description,
      position: Self.position(of: edit.parameter.name, in: after), axis: nil)
    try named(change, scene, after)
    try supposed(edit, scene, before)
    try resultsInBetween(change, scene, after)
    try takenBack(edit, scene, after, before)
  }

  /// The step and all that reads it name the change, and nothing else.
  private func named(_ change: Change, _ scene: Scene, _ after: String) throws {
    let resolution = try scene.resolve(after)
    #expect(resolution.running == ["subject"])
    let why = try scene.why(resolution)
    let excerpt = try why.excerpt(for: resolution.step("subject"))
    #expect(excerpt.reason.changes == [change])
    #expect(isChanged(excerpt.reason))
    for step in ["after", "last"] {
      let excerpt = try why.excerpt(for: resolution.step(step))
      #expect(excerpt.edits.map(\.step) == ["subject"] && excerpt.edits.map(\.change) == [change], "\(step)")
    }
    #expect(try why.excerpt(for: resolution.step("aside")).edits.isEmpty)
  }

  /// Asks for the edit by a question: nothing is run, and the place is that of the question.
  private func supposed(_ edit: Edit, _ scene: Scene, _ before: String) throws {
    let given = "subject.\(edit.parameter.name)=\(Self.written(edit.values.new))"
    let resolution = try scene.resolve(before, [Override(given, .supposition)])
    let why = Explainer(resolution, against: try scene.resolve(before))
    let roots = try why.excerpt(for: resolution.step("last")).edits
    let place = Position(file: "--if", line: 1, column: "subject.\(edit.parameter.name)=".count + 1)
    #expect(
      roots.map(\.change) == [
        .parameter(
          name: edit.parameter.name, old: edit.values.old.description, new: edit.values.new.description,
          position: place, axis: nil)
      ])
    let parts = try why.parts()
    #expect(parts.map(\.name) == ["subject", "after", "last"])
    let forecast = try scene.forecast(resolution)
    let counts = parts.map { forecast.parts[$0.node] }
    #expect(counts.map(\.certain) == [1, 0, 0] && counts.map(\.waiting) == [0, 1, 1])
    #expect(forecast.certain == 1 && forecast.atMost == 3)
    #expect(abs(forecast.certainSeconds - edit.share) < 1e-9 && abs(forecast.atMostSeconds - edit.share - 2) < 1e-9)
    #expect(forecast.saved == 1)
  }

  /// After the edited step alone has run, what reads it still names the edit: it is compared with the same run.
  private func resultsInBetween(_ change: Change, _ scene: Scene, _ after: String) throws {
    #expect(try scene.run(after, only: ["subject"]) == 1)
    let resolution = try scene.resolve(after)
    #expect(resolution.running == ["after"])
    let excerpt = try scene.why(resolution).excerpt(for: resolution.step("after"))
    #expect(isChanged(excerpt.reason) && excerpt.reason.changes.map(\.field) == ["input"])
    #expect(excerpt.edits.map(\.step) == ["subject"] && excerpt.edits.map(\.change) == [change])
  }

  /// Back to what it was: there is a result for that, and the default has no place.
  private func takenBack(_ edit: Edit, _ scene: Scene, _ after: String, _ before: String) throws {
    #expect(try scene.run(after) == 2)
    let resolution = try scene.resolve(before)
    #expect(resolution.running.isEmpty)
    let changes = try scene.why(resolution).excerpt(for: resolution.step("subject")).reason.changes
    let place = edit.parameter.defaultValue == nil ? Self.position(of: edit.parameter.name, in: before) : nil
    #expect(
      changes == [
        .parameter(
          name: edit.parameter.name, old: edit.values.new.description, new: edit.values.old.description,
          position: place, axis: nil)
      ])
  }

  private func isNoCause(_ edit: Edit, _ scene: Scene, _ before: String, _ after: String) throws {
    for text in [before, after] {
      let resolution = try scene.resolve(text)
      #expect(resolution.running.isEmpty)
      #expect(try scene.forecast(resolution).isNothing)
      for step in ["aside", "subject", "after", "last"] {
        let excerpt = try scene.why(resolution).excerpt(for: resolution.step(step))
        #expect(excerpt.reason.changes.isEmpty && excerpt.causes.isEmpty)
        guard case .upToDate = excerpt.reason.verdict else { return #expect(Bool(false), "\(excerpt.reason.verdict)") }
      }
    }
    let rows = try KeyTable(scene.resolve(after).step("subject"), in: scene.resolve(after)).parameters
    #expect(rows.first { $0.name == edit.parameter.name }?.place == .notInKey)
  }

  private func isChanged(_ reason: Reason) -> Bool {
    if case .willRun(.changed) = reason.verdict { return true }
    return false
  }

  /// The test means something: there are parameters of every role, and of every stage that has any.
  @Test func `parameters of every role and stage are tested`() {
    #expect(Set(Self.edits.map(\.parameter.role)) == [.semantic, .horizon, .resource])
    #expect(Set(Self.edits.map(\.declaration.name)).count == Self.declarations.count { !$0.parameters.isEmpty })
    #expect(Self.edits.count > 80)
  }
}
