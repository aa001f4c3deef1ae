import Artifacts
import Explaining
import Foundation
import Plans
import Resolving
import Testing
import YAML

/// Expected times, and plans as files.
@Suite struct ForecastTests {
  @Test func `expected times are those of the step or of its stage`() throws {
    let scene = try Scene()
    scene.seconds = { $0.stage == "gather" ? 7 : $0.ports["other"] == nil ? 5 : 2 }
    try scene.run(ExplainTests.pipeline(scene))
    // Each item took 2 s when it last ran; the new one is expected to take as long as its like.
    let resolution = try scene.resolve(ExplainTests.pipeline(scene, weight: "0.5", items: "[a, b, c, d]"))
    let one = try scene.forecast(resolution, cores: 1)
    #expect(one.certain == 4 && one.atMost == 5)
    #expect(one.certainSeconds == 8 && one.atMostSeconds == 15)
    #expect(one.reused == 1 && one.saved == 5 && one.unknown.isEmpty)
    #expect(try scene.forecast(resolution, cores: 2).certainSeconds == 4)
    #expect(try scene.forecast(resolution, cores: 2).atMostSeconds == 11)
    #expect(try scene.forecast(resolution, cores: 64).atMostSeconds == 9, "no more at once than there are")
  }

  /// A training takes as long as it has steps, and goes on from an earlier one that differs in nothing else.
  @Test func `a longer training is expected to take its new steps`() throws {
    let scene = try Scene()
    let text = { (steps: Int, weight: String) in
      """
      bioarc: 1
      name: training
      inputs:
        data: { path: \(scene.path("input")), kind: sequences, format: raw }
      stages:
        train:
          stage: follow
          with: { steps: \(steps), weight: \(weight) }
          in: { input: $data }
      """
    }
    scene.seconds = { _ in 2 }
    try scene.run(text(100, "0.5"))
    for (steps, weight, seconds) in [(300, "0.5", 4.0), (300, "0.25", 6), (50, "0.5", 1), (100, "0.25", 2)] {
      let forecast = try scene.forecast(scene.resolve(text(steps, weight)))
      #expect(abs(forecast.certainSeconds - seconds) < 1e-9, "\(steps) steps, weight \(weight)")
    }
    // The time of an extension was for its own steps.
    scene.seconds = { _ in 4 }
    try scene.run(text(300, "0.5"))
    for (steps, weight, seconds) in [(400, "0.5", 2.0), (300, "0.25", 6), (200, "0.125", 4)] {
      let forecast = try scene.forecast(scene.resolve(text(steps, weight)))
      #expect(abs(forecast.certainSeconds - seconds) < 1e-9, "extended, \(steps) steps, weight \(weight)")
    }
  }

  /// The items of an axis that a step makes are not known before it ran; the newest run tells how many there were.
  @Test func `the newest run tells how many items to expect`() throws {
    let scene = try Scene()
    let text = { (count: Int) in
      """
      bioarc: 1
      name: open
      stages:
        space: { stage: collect, with: { count: \(count) } }
        each: { stage: follow, for: { one: $space.members }, in: { input: $one } }
      """
    }
    #expect(try scene.forecast(scene.resolve(text(4))).atMost == nil)
    #expect(try scene.forecast(scene.resolve(text(4))).unknown.count == 2)
    try scene.run(text(4))
    let forecast = try scene.forecast(scene.resolve(text(6)))
    #expect(forecast.certain == 1 && forecast.atMost == nil && forecast.parts.map(\.asBefore) == [0, 4])
    #expect(forecast.atMostSeconds == 5 && forecast.unknown.isEmpty)
  }

  func decided(_ scene: Scene, _ text: String, _ resolution: Resolution) -> DecidedPlan {
    DecidedPlan(
      resolution,
      request: .init(
        folder: "/lab", pipeline: "p.yaml", store: "cache", set: [], only: [], from: [], force: [],
        retryFailed: false),
      pipeline: Array(text.utf8))
  }

  func moved(_ plan: DecidedPlan, _ scene: Scene, _ text: String, retryFailed: Bool = false) throws -> [Moved] {
    plan.moved(
      in: try scene.resolve(text, retryFailed: retryFailed), pipeline: Array(text.utf8),
      declarations: scene.declarations, formats: scene.formats)
  }

  @Test func `a plan file holds until its run has ended`() throws {
    let scene = try Scene()
    let text = ExplainTests.pipeline(scene)
    try scene.run(text, only: ["first"])
    let plan = decided(scene, text, try scene.resolve(text))
    let bytes = try plan.encoded()
    #expect(DecidedPlan.recognises(bytes) && !DecidedPlan.recognises(Array(text.utf8)))
    #expect(try DecidedPlan(decoding: bytes) == plan)
    #expect(throws: PlanFileError.malformed) { try DecidedPlan(decoding: Array(bytes.dropLast(9))) }
    #expect(try moved(plan, scene, text) == [])
    // The steps that a run of the plan got done before it was interrupted are no move.
    try scene.run(text, limit: 2)
    #expect(try moved(plan, scene, text) == [])
    try scene.run(text)
    #expect(try moved(plan, scene, text) == [])
  }

  @Test func `a plan file names all that has moved`() throws {
    let scene = try Scene()
    let text = ExplainTests.pipeline(scene)
    try scene.run(text, only: ["first"])
    let plan = decided(scene, text, try scene.resolve(text))
    let edited = ExplainTests.pipeline(scene, weight: "0.5")
    let moves = try moved(plan, scene, edited)
    #expect(moves.count == 3, "the text, the parameter, and the keys: \(moves)")
    guard case .pipeline = moves[0], case .key(step: "each[item=a]", _, _, others: 2) = moves[2] else {
      Issue.record()
      return
    }
    let place = Position(file: "p.yaml", line: 12, column: 21)
    #expect(moves[1] == .parameter(stage: "each", name: "weight", old: "1", new: "0.5", position: place))
    let more = try moved(plan, scene, ExplainTests.pipeline(scene, items: "[a, b]"))
    #expect(more.contains(.axis(stage: "each", name: "item", old: 3, new: 2)))
    try scene.write("input", "ACGT")
    let inputs = try moved(plan, scene, text)
    guard case .input("data", scene.path("input"), _, _)? = inputs.first else { Issue.record("\(inputs)"); return }
    #expect(inputs.contains(.resultGone(step: "first", others: 0)))
  }

  /// Steps that were taken out of a plan file must not run, and those that were put in must not either:
  /// such a file is refused.
  @Test func `a plan file that was edited is refused`() throws {
    let scene = try Scene()
    let text = ExplainTests.pipeline(scene)
    let bytes = try decided(scene, text, try scene.resolve(text)).encoded()
    typealias Object = [String: Any]
    let edited = { (edit: (inout Object) -> Void) throws -> [UInt8] in
      var object = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? Object)
      edit(&object)
      return Array(try JSONSerialization.data(withJSONObject: object))
    }
    // Written in another way it is the same plan.
    #expect(try DecidedPlan(decoding: edited { _ in }) == DecidedPlan(decoding: bytes))
    let unknown: Object = ["axes": [Any](), "steps": [Any](), "keys": ""]
    let edits: [(inout Object) -> Void] = [
      { $0["stages"] = ($0["stages"] as? [Object])?.dropLast().map { $0 } },
      { $0["stages"] = ($0["stages"] as? [Object])?.map { $0.merging(unknown) { $1 } } },
      { $0["request"] = ($0["request"] as? Object)?.merging(["only": ["first"]]) { $1 } },
      { $0["inputs"] = [Any]() }, { $0["seal"] = "" }, { $0["seal"] = nil },
    ]
    for edit in edits {
      #expect(throws: PlanFileError.malformed) { try DecidedPlan(decoding: edited(edit)) }
    }
    #expect(throws: PlanFileError.otherFormat(1)) { try DecidedPlan(decoding: edited { $0["bioarc-plan"] = 1 }) }
  }

  /// Another default moves the keys of steps that wait, which have none yet.
  @Test func `a plan file notices another default`() throws {
    let scene = try Scene()
    let text = ExplainTests.pipeline(scene)
    let plan = decided(scene, text, try scene.resolve(text))
    let old = Scene.follow
    scene.declarations = [
      StageDeclaration(
        name: old.name, version: old.version, summary: "",
        parameters: old.parameters.map { parameter in
          parameter.name != "steps"
            ? parameter
            : Parameter("steps", .int(1...1000), default: .int(20), neutral: .int(10), role: .horizon, help: "")
        }, inputs: old.inputs, outputs: old.outputs, example: ""), Scene.gather,
    ]
    let moves = try moved(plan, scene, text)
    #expect(moves.contains(.code(stage: "first", file: nil)) && moves.contains(.code(stage: "each", file: nil)))
    #expect(!moves.contains(.code(stage: "all", file: nil)))
  }

  /// A plan may be one to try failures again. One that is not does not run what a failure had stopped.
  @Test func `a plan file tells whether it tries failures again`() throws {
    let scene = try Scene()
    let text = """
      bioarc: 1
      name: failing
      inputs:
        data: { path: \(scene.path("input")), kind: sequences, format: raw }
      stages:
        one: { stage: follow, in: { input: $data } }
        two: { stage: follow, in: { input: $one.output } }
      """
    scene.fails = { _ in true }
    #expect(try scene.run(text) == 1)
    let plan = decided(scene, text, try scene.resolve(text))
    let again = decided(scene, text, try scene.resolve(text, retryFailed: true))
    #expect(plan != again)
    #expect(try moved(plan, scene, text) == [])
    #expect(try moved(again, scene, text, retryFailed: true) == [])
    scene.fails = { _ in false }
    try scene.finish(scene.resolve(text, retryFailed: true), limit: 1)
    #expect(try moved(plan, scene, text) == [.unblocked(step: "two", others: 0)])
    #expect(try moved(again, scene, text, retryFailed: true) == [], "it has done a part of its work")
  }

  @Test func `a plan of many steps is small and read back`() throws {
    let scene = try Scene()
    let items = (0..<100).map { "i\($0)" }.joined(separator: ", ")
    let text = """
      bioarc: 1
      name: large
      inputs:
        data: { path: \(scene.path("input")), kind: sequences, format: raw }
      stages:
        each:
          stage: follow
          for: { a: [\(items)], b: [\(items)] }
          in: { input: $data, other: $b }
        after: { stage: follow, in: { input: $each.output } }
      """
    let resolution = try scene.resolve(text)
    let plan = decided(scene, text, resolution)
    let bytes = try plan.encoded()
    #expect(bytes.count < 80 * 20_000)
    #expect(try DecidedPlan(decoding: bytes) == plan)
    #expect(try scene.forecast(resolution).atMost == 100 + 10_000)
    let excerpt = try scene.why(resolution).excerpt(for: StepIndex(node: 1, item: 777))
    #expect(excerpt.causes.count == 1)
  }
}
