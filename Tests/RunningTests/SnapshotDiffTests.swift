import Artifacts
import Explaining
import Plans
import Resolving
import Stores
import TestSupport
import Testing
import YAML

/// Two times of one pipeline: the edits between them are named, each alone, and nothing else is.
@Suite struct SnapshotDiffTests {
  private static func diff(_ scene: Scene, _ old: Snapshot, _ new: Snapshot) throws -> SnapshotDiff {
    try SnapshotDiff(from: old, to: new, in: scene.store)
  }

  /// The newest run but `back`, with the plan of a text.
  private static func run(_ scene: Scene, _ text: String, back: Int = 0) throws -> Snapshot {
    let history = History(store: scene.store)
    let run = try history.runs()[back]
    let (snapshot, lost) = Snapshot.of(run, history, plan: scene.planned(text).plan)
    #expect(lost.isEmpty)
    return snapshot
  }

  @Test(arguments: CauseTests.edits) func `a changed parameter is the one difference of two runs`(
    _ edit: CauseTests.Edit
  ) throws {
    let scene = try Scene(CauseTests.declarations)
    let (old, new) = edit.values
    let text = { (value: Value?) in
      CauseTests.pipeline(edit.declaration, CauseTests.values(edit, value), scene.path("input"))
    }
    let (before, after) = (text(edit.parameter.defaultValue == nil ? old : nil), text(new))
    try scene.run(before)
    try scene.run(after)
    let diff = try Self.diff(scene, Self.run(scene, before, back: 1), Self.run(scene, after))
    guard edit.parameter.role != .resource else {
      #expect(diff.edits.isEmpty && !diff.nodes.contains(where: \.differs))
      return
    }
    let change = Change.parameter(
      name: edit.parameter.name, old: old.description, new: new.description,
      position: CauseTests.position(of: edit.parameter.name, in: after), axis: nil)
    #expect(diff.edits.map(\.change) == [change] && diff.edits.map(\.steps) == [["subject"]])
    // Steps that follow differ too, and are no edit; those that do not follow are the same.
    #expect(diff.pairs.map(\.new.address) == ["subject", "after", "last"])
    #expect(diff.nodes.filter(\.differs).map(\.name) == ["subject", "after", "last"])
    let same = try Self.diff(scene, Self.run(scene, after), Self.run(scene, after))
    #expect(same.edits.isEmpty && same.pairs.isEmpty && !same.nodes.contains(where: \.differs))
  }

  private static func text(_ path: String, weights: String = "[0.1, 0.2]", more: String = "") -> String {
    """
    bioarc: 1
    name: two
    inputs:
      first: { path: \(path), kind: metrics, format: raw }
    stages:
      source: { stage: follow, in: { input: $first } }
      items: { stage: follow, for: { weight: \(weights) }, with: { weight: $weight }, in: { input: $source } }
      all: { stage: gather, in: { items: { from: $items, over: { item: [weight] } } } }
    \(more)
    """
  }

  @Test func `a comment and the order of keys are no difference, and a new name is one name`() throws {
    let scene = try Scene()
    let text = Self.text(scene.path("input"))
    try scene.run(text)
    let before = try Self.run(scene, text)
    let cosmetic = text.replacing("stages:", with: "# a comment\nstages:")
      .replacing("{ stage: follow, in: { input: $first } }", with: "{ in: { input: $first }, stage: follow }")
    #expect(!(try Self.diff(scene, before, .now(scene.resolve(cosmetic)))).nodes.contains(where: \.differs))
    let renamed = text.replacing("source", with: "origin")
    let diff = try Self.diff(scene, before, .now(scene.resolve(renamed)))
    #expect(diff.nodes.filter(\.differs).map { "\($0.old ?? "-") \($0.new ?? "-")" } == ["source origin"])
    #expect(diff.edits.isEmpty && diff.pairs.isEmpty)
  }

  @Test func `items of an axis are gone and new`() throws {
    let scene = try Scene()
    let text = Self.text(scene.path("input"))
    try scene.run(text)
    let before = try Self.run(scene, text)
    let other = Self.text(scene.path("input"), weights: "[0.2, 0.3, 0.4]")
    try scene.run(other)
    let diff = try Self.diff(scene, before, Self.run(scene, other))
    let items = try #require(diff.nodes.first { $0.name == "items" })
    #expect(items.same == 1 && items.changed == 0 && items.onlyOld == 1 && items.onlyNew == 2)
    #expect(items.axes.map { "\($0.name): \($0.gone) \($0.new)" } == [#"weight: ["0.1"] ["0.3", "0.4"]"#])
    // The gathering step differs by its items alone, which are told with the axis.
    #expect(diff.edits.isEmpty && diff.pairs.map(\.new.address) == ["all"])
  }

  @Test func `an input, a wire and a stage that is new or gone are told`() throws {
    let scene = try Scene()
    let text = Self.text(scene.path("input"))
    try scene.run(text)
    let before = try Self.run(scene, text)
    try scene.write("input", "GT")
    try scene.run(text)
    let content = try Self.diff(scene, before, Self.run(scene, text))
    #expect(content.edits.map { "\($0.node) \($0.change.field)" } == ["source input"])
    #expect(content.edits[0].steps == ["source"])

    let wired = text.replacing("in: { input: $source }", with: "in: { input: $first }")
    try scene.run(wired)
    let wire = try Self.diff(scene, Self.run(scene, text, back: 1), Self.run(scene, wired))
    #expect(wire.edits.count == 1 && wire.edits[0].steps.count == 2)
    guard case .port("input", "$source.output", "$first", _, let position?) = wire.edits[0].change else {
      Issue.record("\(wire.edits[0].change)")
      return
    }
    #expect(position.line == 7)
    // To another step, whose output has the same bytes for a while.
    let twin = text.replacing("  items:", with: "  twin: { stage: follow, in: { input: $first } }\n  items:")
    try scene.run(twin)
    let to = twin.replacing(
      "with: { weight: $weight }, in: { input: $source }", with: "with: { weight: $weight }, in: { input: $items-of }"
    )
    .replacing("  items:", with: "  items-of: { stage: follow, with: { steps: 12 }, in: { input: $source } }\n  items:")
    try scene.run(to)
    let other = try Self.diff(scene, Self.run(scene, twin, back: 1), Self.run(scene, to))
    #expect(other.edits.map { "\($0.node) \($0.change)" }.count == 1)
    guard case .port("input", "$source.output", "$items-of.output", _, _)? = other.edits.first?.change else {
      Issue.record("\(other.edits)")
      return
    }

    // A role of a port that gathers.
    try scene.run(text)
    let gathered = text.replacing("over: { item: [weight] }", with: "over: { item: [weight, more: one] }")
    try scene.run(gathered)
    let role = try Self.diff(scene, Self.run(scene, text, back: 1), Self.run(scene, gathered))
    #expect(role.edits.map { "\($0.node) \($0.change.field)" } == ["all items"])

    try scene.run(text)
    let more = Self.text(scene.path("input"), more: "  more: { stage: follow, in: { input: $first } }\n")
    try scene.run(more)
    let added = try Self.diff(scene, Self.run(scene, text, back: 1), Self.run(scene, more))
    #expect(added.nodes.filter(\.differs).map { "\($0.old ?? "-") \($0.new ?? "-") \($0.onlyNew)" } == ["- more 1"])
    let gone = try Self.diff(scene, Self.run(scene, more), .now(scene.resolve(text)))
    #expect(gone.nodes.filter(\.differs).map { "\($0.old ?? "-") \($0.new ?? "-") \($0.onlyOld)" } == ["more - 1"])
  }

  @Test func `a change that comes out the same is told as such, and what waits is counted`() throws {
    let scene = try Scene()
    scene.content = { $0.stage == "follow" ? "the same" : "\($0.key)" }
    let text = Self.text(scene.path("input"))
    try scene.run(text)
    let before = try Self.run(scene, text)
    let edited = text.replacing("source: { stage: follow,", with: "source: { stage: follow, with: { steps: 11 },")
    let waiting = try Self.diff(scene, before, .now(scene.resolve(edited)))
    #expect(waiting.edits.map(\.change.field) == ["steps"])
    #expect(waiting.nodes.map(\.waiting) == [0, 2, 1])
    try scene.run(edited)
    let diff = try Self.diff(scene, before, Self.run(scene, edited))
    #expect(diff.nodes.map(\.changed) == [1, 0, 0] && diff.nodes.map(\.equal) == [1, 0, 0])
    #expect(diff.nodes.map(\.same) == [0, 2, 1])
  }

  @Test func `steps whose keys were not known are neither new nor gone`() throws {
    let scene = try Scene()
    let text = Self.text(scene.path("input"))
    try scene.run(text, only: ["source"])
    let part = try Self.run(scene, text)
    try scene.run(text)
    let diff = try Self.diff(scene, part, Self.run(scene, text))
    #expect(!diff.nodes.contains(where: \.differs) && diff.edits.isEmpty)
    #expect(diff.nodes.map(\.unknown) == [0, 2, 1] || diff.nodes.map(\.same) == [1, 2, 1], "\(diff.nodes)")
  }

  @Test func `an axis with another name alone is no difference`() throws {
    let scene = try Scene()
    let text = Self.text(scene.path("input"))
    try scene.run(text)
    let renamed = text.replacing("for: { weight:", with: "for: { w:").replacing("weight: $weight", with: "weight: $w")
      .replacing("item: [weight]", with: "item: [w]")
    try scene.run(renamed)
    let diff = try Self.diff(scene, Self.run(scene, text, back: 1), Self.run(scene, renamed))
    #expect(diff.nodes.allSatisfy { $0.axes.isEmpty } && diff.nodes.map(\.same) == [1, 2, 1], "\(diff.nodes)")
  }
}
