import Artifacts
import Explaining
import Plans
import Resolving
import Testing
import YAML

/// Reasons in the cases that are not an edited parameter.
@Suite struct ExplainTests {
  /// An axis, a gather, and an input.
  static func pipeline(
    _ scene: Scene, weight: String = "1", items: String = "[a, b, c]", name: String = "test"
  ) -> String {
    """
    bioarc: 1
    name: \(name)
    inputs:
      data: { path: \(scene.path("input")), kind: sequences, format: raw }
    stages:
      first:
        stage: follow
        in: { input: $data }
      each:
        stage: follow
        for: { item: \(items) }
        with: { weight: \(weight) }
        in: { input: $first.output, other: $item }
      all:
        stage: gather
        in: { items: { from: $each.output, over: { item: [item] } } }
    """
  }

  static func isWillRun(_ excerpt: Excerpt) -> Reason.Trigger? {
    if case .willRun(let trigger) = excerpt.reason.verdict { return trigger }
    return nil
  }

  @Test func `a step is new where nothing like it has run`() throws {
    let scene = try Scene()
    let resolution = try scene.resolve(Self.pipeline(scene))
    let why = try scene.why(resolution)
    guard case .new? = Self.isWillRun(try why.excerpt(for: resolution.step("first"))) else { Issue.record(); return }
    let excerpt = try why.excerpt(for: resolution.step("all"))
    guard case .waits(let awaited) = excerpt.reason.verdict else { Issue.record(); return }
    #expect(awaited.map(\.name) == ["each"] && awaited.map(\.count) == [3])
    #expect(excerpt.causes.count == 1 && excerpt.causes[0].others == 2, "equal links are told once")
    #expect(excerpt.causes[0].causes.map(\.reason.step) == ["first"])
    let forecast = try scene.forecast(resolution)
    #expect(forecast.certain == 5 && forecast.atMost == 5, "nothing can come out as before")
    #expect(forecast.unknown.count == 3)
  }

  @Test func `changed content of an input is the cause`() throws {
    let scene = try Scene()
    try scene.run(Self.pipeline(scene))
    try scene.write("input", "ACGT")
    let resolution = try scene.resolve(Self.pipeline(scene))
    let roots = try scene.why(resolution).excerpt(for: resolution.step("all")).edits
    #expect(roots.map(\.step) == ["first"])
    guard case .port(let name, _, _, let from, let position)? = roots.first?.change else { Issue.record(); return }
    #expect(name == "input" && from == "the input \(scene.path("input"))")
    #expect(position == Position(file: "p.yaml", line: 4, column: 3))
  }

  @Test func `a new behaviour version of a stage is the cause`() throws {
    let scene = try Scene()
    try scene.run(Self.pipeline(scene))
    let old = Scene.gather
    scene.declarations = [
      Scene.follow,
      StageDeclaration(
        name: old.name, version: 2, summary: "", parameters: [], inputs: old.inputs, outputs: old.outputs, example: ""),
    ]
    let resolution = try scene.resolve(Self.pipeline(scene))
    #expect(resolution.running == ["all"])
    let changes = try scene.why(resolution).excerpt(for: resolution.step("all")).reason.changes
    #expect(changes == [.version(old: 1, new: 2, file: nil)])
  }

  @Test func `an item more on an axis is named as new`() throws {
    let scene = try Scene()
    try scene.run(Self.pipeline(scene))
    let resolution = try scene.resolve(Self.pipeline(scene, items: "[a, b, c, d]"))
    #expect(resolution.running == ["each[item=d]"])
    let excerpt = try scene.why(resolution).excerpt(for: resolution.step("each[item=d]"))
    #expect(excerpt.reason.namesake?.hasPrefix("each[") == true)
    let changes = excerpt.reason.changes
    guard case .port("other", _, "d", "the axis item", _)? = changes.first, changes.count == 1 else {
      Issue.record("\(changes)")
      return
    }
    scene.finish(all: resolution)
    let later = try scene.resolve(Self.pipeline(scene, items: "[a, b, c, d]"))
    let gather = try scene.why(later).excerpt(for: later.step("all"))
    guard case .port("items", "3 items", "4 items: 'd' is new", _, _)? = gather.reason.changes.first else {
      Issue.record("\(gather.reason.changes)")
      return
    }
  }

  /// A run that was killed logged what it began with and what it started, and is compared with.
  @Test func `a step is compared with a run that was killed`() throws {
    let scene = try Scene()
    try scene.run(Self.pipeline(scene))
    #expect(try scene.run(Self.pipeline(scene, weight: "0.5"), limit: 2) == 2)
    let resolution = try scene.resolve(Self.pipeline(scene, weight: "0.25"))
    let changes = try scene.why(resolution).excerpt(for: resolution.step("each[item=a]")).reason.changes
    guard case .parameter("weight", "0.5", "0.25", _, _)? = changes.first, changes.count == 1 else {
      Issue.record("\(changes)")
      return
    }
    // The step that the killed run was to run is not "never run", and its cause is still the edit.
    let same = try scene.resolve(Self.pipeline(scene, weight: "0.5"))
    #expect(same.running == ["each[item=c]"])
    let reason = try scene.why(same).excerpt(for: same.step("each[item=c]")).reason
    guard case .parameter("weight", "1", "0.5", _, _)? = reason.changes.first else { Issue.record("\(reason)"); return }
  }

  /// A first run that was killed: there is nothing to compare with but itself.
  @Test func `steps of a first run that was killed are unfinished`() throws {
    let scene = try Scene()
    try scene.run(Self.pipeline(scene), limit: 1)
    let resolution = try scene.resolve(Self.pipeline(scene))
    guard case .unfinished? = Self.isWillRun(try scene.why(resolution).excerpt(for: resolution.step("each[item=a]")))
    else { Issue.record(); return }
  }

  /// One pipeline by whatever path; another pipeline in a file of the same name is another one.
  @Test(arguments: ["./p.yaml", "/some/where/p.yaml", "../lab/p.yaml"]) func `a pipeline is the same by whatever path`(
    _ file: String
  ) throws {
    let scene = try Scene()
    try scene.run(Self.pipeline(scene), file: "p.yaml")
    let resolution = try scene.resolve(Self.pipeline(scene, weight: "0.5"), file: file)
    #expect(try scene.why(resolution).excerpt(for: resolution.step("each[item=a]")).reason.changes.count == 1)
    let other = try scene.resolve(Self.pipeline(scene, weight: "0.5", name: "other"), file: file)
    guard case .new? = Self.isWillRun(try scene.why(other).excerpt(for: other.step("each[item=a]"))) else {
      Issue.record()
      return
    }
  }

  @Test func `a forced step runs, and equal keys run once`() throws {
    let scene = try Scene()
    try scene.run(Self.pipeline(scene))
    let resolution = try scene.resolve(Self.pipeline(scene), force: ["first"])
    guard case .forced? = Self.isWillRun(try scene.why(resolution).excerpt(for: resolution.step("first"))) else {
      Issue.record()
      return
    }
    let twins = """
      bioarc: 1
      name: twins
      inputs:
        data: { path: \(scene.path("input")), kind: sequences, format: raw }
      stages:
        one: { stage: follow, with: { weight: 0.1 }, in: { input: $data } }
        two: { stage: follow, with: { weight: 0.1 }, in: { input: $data } }
      """
    let both = try scene.resolve(twins)
    #expect(both.running == ["one"])
    guard case .sharesResult = try scene.why(both).excerpt(for: both.step("two")).reason.verdict else {
      Issue.record()
      return
    }
    #expect(try scene.forecast(both).atMost == 1, "two steps with one key run once")
    #expect(both.counts(of: 1).shared == 1 && both.counts(of: 1).waiting == 0)
    try scene.run(twins)
    // The forced one runs, whichever it is, and not for nothing: the other one has a result already.
    for name in ["one", "two"] {
      let forced = try scene.resolve(twins, force: [name])
      #expect(forced.running == [name])
      guard case .forced? = Self.isWillRun(try scene.why(forced).excerpt(for: forced.step(name))) else {
        Issue.record("\(name)")
        return
      }
      #expect(try scene.finish(forced) == 1 && forced.isComplete)
    }
    #expect(try scene.finish(scene.resolve(twins, force: ["one", "two"])) == 1)
  }

  /// Equal outputs stop the wave: that is what "at most" is for.
  @Test func `equal outputs stop the wave of steps`() throws {
    let scene = try Scene()
    scene.content = { $0.stage == "follow" ? "always the same" : "\($0.key)" }
    try scene.run(Self.pipeline(scene))
    try scene.write("input", "ACGT")
    let resolution = try scene.resolve(Self.pipeline(scene))
    let forecast = try scene.forecast(resolution)
    #expect(forecast.certain == 1 && forecast.atMost == 5)
    #expect(try scene.run(Self.pipeline(scene)) == 1)
  }

  @Test func `the key table tells what is in a key`() throws {
    let scene = try Scene()
    try scene.run(Self.pipeline(scene, weight: "0.5"))
    let resolution = try scene.resolve(Self.pipeline(scene, weight: "0.5"))
    let table = try KeyTable(resolution.step("each[item=b]"), in: resolution)
    #expect(table.parameters.map(\.name) == ["weight", "steps", "threads"])
    #expect(table.parameters.map(\.place) == [.inKey, .neutral, .notInKey])
    #expect(table.parameters.map(\.source) == [.written, .standard, .standard])
    #expect(table.parameters[0].position == Position(file: "p.yaml", line: 12, column: 21))
    #expect(table.ports.map(\.name) == ["input", "other"])
    #expect(table.ports.allSatisfy { $0.place == .inKey })
    #expect(table.ports[1].value.hasPrefix("b "))
  }
}

extension Scene {
  /// Makes up all results, without a log.
  func finish(all resolution: Resolution) { _ = try? finish(resolution) }
}
