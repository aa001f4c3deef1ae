import Artifacts
import Events
import Plans
import Testing

@testable import Explaining
@testable import Resolving
@testable import TaskStages

/// A port that reads the item of an array which another stage has chosen.
@Suite struct ChoiceTests {
  static let pick = StageDeclaration(
    name: "pick", version: 1, summary: "Gathers, and chooses one.",
    parameters: [Parameter("salt", .int(0...9), default: .int(0), neutral: .int(0), help: "")],
    inputs: [InputPort("items", Scene.kinds, roles: ["item", "task"], acceptsFailures: true, help: "")],
    outputs: [OutputPort("table", .metrics, .file, help: ""), OutputPort("winner", .choice, .file, help: "")],
    example: "")

  static let judge = StageDeclaration(
    name: "judge", version: 1, summary: "Gathers, and chooses two.", parameters: [],
    inputs: [InputPort("items", Scene.kinds, roles: ["item"], help: "")],
    outputs: [OutputPort("winner", .choice, .file, help: ""), OutputPort("loser", .choice, .file, help: "")],
    example: "")

  /// `made` is an array over `tok` and `side`, scored by `each` over a further axis; `after` reads the winner's.
  static func text(_ scene: Scene, salt: Int = 0, from: String = "$made.output") -> String {
    """
    bioarc: 1
    name: choice
    inputs:
      data: { path: \(scene.path("input")), kind: sequences, format: raw }
    stages:
      made: { stage: follow, for: { tok: { a: 0.1, b: 0.2, c: 0.3 } }, with: { weight: $tok }, in: { input: $data } }
      each: { stage: follow, for: { w: [0.6, 0.7] }, with: { weight: $w }, in: { input: $made.output } }
      best: { stage: pick, with: { salt: \(salt) }, in: { items: { from: $each.output, over: { item: [w, tok] } } } }
      after: { stage: follow, in: { input: { from: \(from), of: $best.winner } } }
      last: { stage: follow, in: { input: $after.output } }
    """
  }

  /// A scene in which `pick` chooses by its salt.
  static func scene(_ choices: [String]) throws -> Scene {
    let scene = try Scene([pick])
    scene.content = { identity in
      guard identity.stage == "pick" else { return "\(identity.key)" }
      var salt = 0
      if case .int(let value)? = identity.parameters["salt"] { salt = value }
      return choices[salt]
    }
    return scene
  }

  private func artifact(_ resolution: Resolution, _ step: String, at port: String) throws -> PortIdentity? {
    try resolution.identity(of: resolution.step(step)).identity.ports[port]
  }

  private func output(_ resolution: Resolution, _ step: String) throws -> ArtifactReference? {
    guard case .outputs(let outputs)? = try resolution.record(of: resolution.step(step))?.outcome else { return nil }
    return outputs["output"]?.artifact
  }

  @Test func `the item that was chosen is read, and keys are those of identities`() throws {
    let scene = try Self.scene(["0.6\nb\n"])
    let text = Self.text(scene)
    #expect(try scene.run(text) == 3 + 6 + 1 + 2)
    let resolution = try scene.resolve(text)
    let after = resolution.step("after")
    #expect(try artifact(resolution, "after", at: "input") == .one(try #require(try output(resolution, "made[tok=b]"))))
    #expect(try resolution.identity(of: after).identity.key == resolution.key(of: after))
    #expect(resolution.running == [])
  }

  /// Every axis that the source shares with the chosen items is decided, whatever its place.
  @Test func `an array over all axes of the choice has one item`() throws {
    let scene = try Self.scene(["0.7\nc\n"])
    let text = Self.text(scene, from: "$each.output")
    try scene.run(text)
    let resolution = try scene.resolve(text)
    let chosen = try #require(try output(resolution, "each[tok=c,w=0.7]"))
    #expect(try artifact(resolution, "after", at: "input") == .one(chosen))
  }

  @Test func `another choice runs what reads it, and an equal one nothing`() throws {
    let scene = try Self.scene(["0.6\nb\n", "0.7\nb\n", "0.6\na\n"])
    try scene.run(Self.text(scene))
    // The winner differs in an axis that the source lacks: its artifact is the same.
    #expect(try scene.run(Self.text(scene, salt: 1)) == 1)
    #expect(try scene.run(Self.text(scene, salt: 2)) == 1 + 2)
    let resolution = try scene.resolve(Self.text(scene, salt: 2))
    #expect(try artifact(resolution, "after", at: "input") == .one(try #require(try output(resolution, "made[tok=a]"))))
  }

  @Test func `a choice that the array does not have is told`() throws {
    let scene = try Self.scene(["0.6\nd\n"])
    let resolution = try scene.resolve(Self.text(scene))
    try scene.finish(resolution)
    guard case .broken(let words) = resolution.state(resolution.step("after")),
      case .skipped(let because, _) = resolution.state(resolution.step("last"))
    else {
      Issue.record("both have no result")
      return
    }
    #expect(words == "the choice best.winner is tok=d, and 'made' has no such item")
    #expect(because == "after")
    var told: [Event] = []
    let summary = resolution.tally { told.append($0) }
    #expect(summary.failed == 1 && summary.skipped == 1)
    #expect(told.contains { if case .stepBroken("after", nil, words, false) = $0 { true } else { false } })
  }

  @Test(arguments: ["b\n", "0.6\nb\nmore\n", "\n"]) func `a choice with too few or too many ids is told`(
    _ choice: String
  ) throws {
    let scene = try Self.scene([choice])
    let resolution = try scene.resolve(Self.text(scene))
    try scene.finish(resolution)
    guard case .broken(let words) = resolution.state(resolution.step("after")) else {
      Issue.record("it has a result")
      return
    }
    #expect(words.contains("and its items have 2: w, tok"), "\(words)")
  }

  /// Two choices of one stage are two.
  @Test func `a stage may choose more than once`() throws {
    let scene = try Scene([Self.judge])
    scene.content = { $0.stage == "judge" ? "a" : "\($0.key)" }
    scene.choices = ["winner": "b\n", "loser": "c\n"]
    let text = """
      bioarc: 1
      name: choice
      inputs:
        data: { path: \(scene.path("input")), kind: sequences, format: raw }
      stages:
        made: { stage: follow, for: { tok: { a: 0.1, b: 0.2, c: 0.3 } }, with: { weight: $tok }, in: { input: $data } }
        best: { stage: judge, in: { items: { from: $made.output, over: { item: [tok] } } } }
        first: { stage: follow, in: { input: { from: $made.output, of: $best.winner } } }
        last: { stage: follow, in: { input: { from: $made.output, of: $best.loser } } }
      """
    try scene.run(text)
    let resolution = try scene.resolve(text)
    for (step, item) in [("first", "made[tok=b]"), ("last", "made[tok=c]")] {
      #expect(try artifact(resolution, step, at: "input") == .one(try #require(try output(resolution, item))))
    }
  }

  /// Axes that a choice does not decide stay axes of the reader, and the chooser's own axes become so.
  @Test func `a choice for each item of an axis`() throws {
    let scene = try Scene([Self.pick])
    scene.content = { $0.stage == "pick" ? "b\n" : "\($0.key)" }
    let text = """
      bioarc: 1
      name: choice
      inputs:
        data: { path: \(scene.path("input")), kind: sequences, format: raw }
      stages:
        made:
          stage: follow
          for: { tok: { a: 0.1, b: 0.2 }, s: { x: 5, y: 6 } }
          with: { weight: $tok, steps: $s }
          in: { input: $data }
        best: { stage: pick, in: { items: { from: $made.output, over: { item: [tok] } } } }
        after: { stage: follow, in: { input: { from: $made.output, of: $best.winner } } }
      """
    #expect(try scene.run(text) == 4 + 2 + 2)
    let resolution = try scene.resolve(text)
    for s in ["x", "y"] {
      let chosen = try #require(try output(resolution, "made[tok=b,s=\(s)]"))
      #expect(try artifact(resolution, "after[s=\(s)]", at: "input") == .one(chosen))
      let step = resolution.step("after[s=\(s)]")
      #expect(try resolution.identity(of: step).identity.key == resolution.key(of: step))
    }
  }

  /// A reader with an axis that the choice decides would read another item than the chosen one.
  @Test(arguments: [
    "in: { input: { from: $made.output, of: $best.winner }, other: $each.output }",
    "for: { tok: { a: 0.1, b: 0.2, c: 0.3 } }, in: { input: { from: $made.output, of: $best.winner }, other: $tok }",
  ])
  func `a reader over an axis that is decided is refused`(_ reader: String) throws {
    let scene = try Self.scene(["0.6\nb\n"])
    let text = Self.text(scene).replacing("in: { input: { from: $made.output, of: $best.winner } }", with: reader)
    do {
      _ = try scene.resolve(text)
      Issue.record("it was planned")
    } catch let bad as Scene.Bad {
      #expect(bad.words.contains("the axis 'tok' is decided by the choice here"), "\(bad.words)")
    }
  }

  @Test func `items that were not chosen may fail`() throws {
    for choice in ["b", "a"] {
      let scene = try Self.scene(["0.6\n\(choice)\n"])
      scene.fails = { $0.stage == "follow" && $0.parameters["weight"] == .float(0.1) }
      let resolution = try scene.resolve(Self.text(scene))
      try scene.finish(resolution)
      switch resolution.state(resolution.step("after")) {
      case .done: #expect(choice == "b")
      case .skipped(let because, _): #expect(choice == "a" && because == "made[tok=a]")
      case let other: Issue.record("\(choice): \(other)")
      }
    }
  }

  @Test func `a choice is told by plan, why and key`() throws {
    let scene = try Self.scene(["0.6\nb\n", "0.6\na\n"])
    let first = try scene.resolve(Self.text(scene))
    let table = try KeyTable(first.step("after"), in: first)
    #expect(table.ports.map(\.place) == [.notYet])
    #expect(table.ports.map(\.value) == ["made.output of best.winner"])
    #expect(first.plan.description.contains("in input = made.output of best.winner"))
    try scene.run(Self.text(scene))
    let second = try scene.resolve(Self.text(scene, salt: 1))
    let before = try scene.why(second).excerpt(for: second.step("after"))
    #expect(before.edits.map(\.step) == ["best"])
    try scene.run(Self.text(scene, salt: 1), only: ["best"])
    let third = try scene.resolve(Self.text(scene, salt: 1))
    #expect(third.running == ["after"])
    let excerpt = try scene.why(third).excerpt(for: third.step("after"))
    #expect(excerpt.reason.changes.map(\.field) == ["input"])
  }

  /// Bytes of items that were not chosen are not needed, and so not computed again.
  @Test func `only the bytes of what was chosen are needed`() throws {
    let scene = try Self.scene(["0.6\nb\n"])
    try scene.run(Self.text(scene), only: ["best"])
    let resolution = try scene.resolve(Self.text(scene))
    #expect(resolution.running == ["after"])
    let after = resolution.step("after")
    #expect(resolution.output(readAt: "input", of: after)?.step == resolution.step("made[tok=b]"))
    #expect(try resolution.stepsToRedo(for: after, isThorough: true).isEmpty)
  }

  @Test func `a selection of what reads a choice runs all that it needs`() throws {
    let scene = try Self.scene(["0.6\nb\n"])
    #expect(try scene.run(Self.text(scene), only: ["after"]) == 3 + 6 + 1 + 1)
  }
}
