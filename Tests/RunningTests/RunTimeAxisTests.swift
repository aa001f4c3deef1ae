import Artifacts
import Catalogs
import Events
import Plans
import Syntax
import Testing
import YAML

@testable import Explaining
@testable import Resolving
@testable import Running

/// Stages over the members of a collection, before and after what makes it has run.
@Suite struct RunTimeAxisTests {
  /// `each` reads `space` only as the axis `one`; `all` has no axis and gathers `each`.
  static func pipeline(_ scene: Scene, count: Int, weight: String = "1") -> String {
    """
    bioarc: 1
    name: open
    inputs:
      data: { path: \(scene.path("input")), kind: sequences, format: raw }
    stages:
      aside: { stage: follow, in: { input: $data } }
      space: { stage: collect, with: { count: \(count) } }
      each:
        stage: follow
        for: { one: $space.members, w: [0.1, 0.2] }
        with: { weight: \(weight), steps: 5 }
        in: { input: $one }
      all: { stage: gather, in: { items: { from: $each.output, over: { item: [one, w] } } } }
      per: { stage: gather, in: { items: { from: $each.output, over: { item: [one] } } } }
    """
  }

  static let edit = Change.parameter(
    name: "count", old: "3", new: "4", position: Position(file: "p.yaml", line: 7, column: 43), axis: nil)

  private func node(_ name: String, _ resolution: Resolution) throws -> StepIndex {
    StepIndex(node: try #require(resolution.plan.nodes.firstIndex { $0.name == name }), item: 0)
  }

  private func awaited(_ excerpt: Excerpt) -> [Reason.Awaited]? {
    if case .waits(let awaited) = excerpt.reason.verdict { awaited } else { nil }
  }

  @Test func `the chain of causes goes through a run-time axis`() throws {
    let scene = try Scene()
    try scene.run(Self.pipeline(scene, count: 3))
    let resolution = try scene.resolve(Self.pipeline(scene, count: 4))
    let each = try scene.why(resolution).excerpt(for: node("each", resolution))
    #expect(awaited(each) == [Reason.Awaited(name: "space", count: 1, axis: "one")])
    #expect(each.reason.step == "each" && each.reason.changes == [] && each.edits.map(\.change) == [Self.edit])
    let all = try scene.why(resolution).excerpt(for: node("all", resolution))
    #expect(awaited(all) == [Reason.Awaited(name: "each", count: nil, axis: nil)])
    #expect(all.causes.map(\.reason.step) == ["each"])
    #expect(all.edits.map(\.step) == ["space"] && all.edits.map(\.change) == [Self.edit])
    let per = try scene.why(resolution).excerpt(for: node("per", resolution))
    #expect(per.reason.step == "per" && per.edits.map(\.change) == [Self.edit])
  }

  /// An edit of the stage itself is named though none of its steps is known; what an axis gives is no edit.
  @Test(arguments: ["0.5", "$w"]) func `edits of a stage are named though its steps are unknown`(_ weight: String)
    throws
  {
    let scene = try Scene()
    try scene.run(Self.pipeline(scene, count: 3, weight: weight))
    let text = Self.pipeline(scene, count: 4, weight: weight).replacing("steps: 5", with: "steps: 6")
    let resolution = try scene.resolve(text)
    let excerpt = try scene.why(resolution).excerpt(for: node("each", resolution))
    #expect(excerpt.reason.changes.map(\.field) == ["steps"])
    #expect(excerpt.edits.map(\.step) == ["each", "space"])
    let table = try KeyTable(node("each", resolution), in: resolution)
    #expect(table.parameters.map(\.value) == [weight == "$w" ? "$w: 0.1, 0.2" : "0.5", "6", "1"])
    #expect(table.ports.map(\.place) == [.notYet])
  }

  @Test func `a supposition about a run-time axis is answered`() throws {
    let scene = try Scene()
    let text = Self.pipeline(scene, count: 3)
    for isRun in [false, true] {
      if isRun { try scene.run(text) }
      let resolution = try scene.resolve(text, [Override("space.count=4", .supposition)])
      let before = try scene.resolve(text)
      let why = Explainer(resolution, against: before)
      for name in ["each", "all", "per"] {
        let roots = try why.excerpt(for: node(name, resolution)).edits
        #expect(roots.map(\.step) == ["space"] && roots.map(\.change.field) == ["count"], "\(name) \(isRun) \(roots)")
      }
      let parts = try Explainer(resolution, against: before).parts()
      #expect(parts.map(\.name) == (isRun ? [] : ["aside"]) + ["space", "each", "all", "per"])
      #expect(parts.suffix(3).map(\.waitsFor) == [[1], [2], [2]])
    }
  }

  /// Nobody knows how many steps of `each` run; `all` and `per` have one and two.
  @Test func `steps that nobody can count have no bound`() throws {
    let scene = try Scene()
    try scene.run(Self.pipeline(scene, count: 3))
    let resolution = try scene.resolve(Self.pipeline(scene, count: 4))
    let forecast = try scene.forecast(resolution)
    #expect(forecast.certain == 1 && forecast.waiting == 3 && forecast.atMost == nil && !forecast.isNothing)
    #expect(forecast.parts.map(\.isOpen) == [false, false, true, false, false])
    #expect(forecast.parts.map(\.asBefore) == [0, 0, 6, 0, 0])
    #expect(forecast.atMostSeconds == 10, "steps of `each` take as long as they did, not as those of `aside`")
    #expect(resolution.counts(of: 4).waiting == 2 && resolution.counts(of: 4).total == 2)
    #expect(resolution.counts(of: 2).isOpen)
  }

  @Test func `a selection from a step goes through the axis`() throws {
    let scene = try Scene()
    try scene.run(Self.pipeline(scene, count: 3, weight: "$w"))
    let resolution = try scene.resolve(Self.pipeline(scene, count: 4, weight: "$w"), from: ["space"])
    #expect(resolution.plan.nodes.indices.map(resolution.isWanted) == [false, true, true, true, true])
    // The members come out different from before, and equal to one another: `each` has two keys.
    #expect(try scene.finish(resolution) == 1 + 2 + 1 + 2)
  }

  /// The step that makes an axis is on the way of all that have the axis, and starts before a step that nothing waits
  /// for.
  @Test func `the step that makes an axis starts first`() throws {
    let scene = try Scene()
    let resolution = try scene.resolve(Self.pipeline(scene, count: 3), only: ["aside", "each"])
    var queue = ReadyQueue(plan: resolution.plan)
    queue.add(resolution.takeReady(), of: resolution)
    #expect(queue.count == 2 && queue.first.map(resolution.address) == "space")
  }

  /// All over the axis is skipped, and nothing waits any more.
  @Test func `a step that failed makes no axis`() throws {
    let scene = try Scene()
    let resolution = try scene.resolve(Self.pipeline(scene, count: 3), only: ["all", "per"])
    let space = try node("space", resolution)
    #expect(resolution.takeReady() == [space] && !resolution.isComplete)
    resolution.begin(space)
    let failure = ResultRecord(
      outcome: .failure(code: "none", message: "no members"), environment: [:], finished: 1, duration: 1, peakMemory: 1)
    try resolution.finish(space, .success(failure), isReused: false)
    #expect(try resolution.isComplete && scene.forecast(resolution).isNothing)
    guard case .skipped("space") = try scene.why(resolution).excerpt(for: node("all", resolution)).reason.verdict else {
      Issue.record()
      return
    }
    var skipped: [String] = []
    let summary = resolution.tally { if case .stepSkipped(let step, "space") = $0 { skipped.append(step) } }
    #expect(skipped == ["each", "all", "per"] && summary.pending == 0 && summary.exitCode == 1)
  }

  @Test func `too many steps of a run-time axis are a finding`() throws {
    let scene = try Scene()
    let items = (0..<60).map(String.init).joined(separator: ", ")
    let text = """
      bioarc: 1
      name: many
      stages:
        space: { stage: collect, with: { count: 3000 } }
        each: { stage: follow, for: { one: $space.members, a: [\(items)], b: [\(items)] }, in: { input: $one } }
      """
    let resolution = try scene.resolve(text)
    let error = #expect(throws: InputFinding.self) { try scene.finish(resolution) }
    #expect(error?.message == "the stage 'each' has more than 10000000 steps: one (3000) x a (60) x b (60)")
    #expect(error?.position == Position(file: "p.yaml", line: 5, column: 3))
  }
}
