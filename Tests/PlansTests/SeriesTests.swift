import Syntax
import Testing

@testable import Plans

/// An input with `for` is one input for each item of its axis.
@Suite struct SeriesTests {
  private static func plan(_ inputs: String, reads name: String) -> Planned {
    Planner.plan(
      text: Array(
        """
        bioarc: 1
        name: p
        params: { parts: [2, 1] }
        inputs:
        \(inputs)
        stages:
          s: { stage: tokenize, in: { sequences: $\(name) } }

        """.utf8), file: "p.yaml", overrides: [], declarations: FakeStages.all, formats: FakeStages.formats)
  }

  private static let rest = "path: d, kind: labelled-sequences, format: csv"

  @Test func `items are inputs with their values`() throws {
    let planned = Self.plan(
      "  task: { for: { fold: $params.parts }, \(Self.rest), options: { label: $fold, ignore: [x, $fold] } }",
      reads: "task")
    let plan = try #require(planned.plan, "\(planned.messages)")
    #expect(plan.inputs.map(\.name) == ["task[1]", "task[2]"])
    #expect(plan.inputs.map { $0.options["label"] } == ["1", "2"])
    #expect(plan.inputs.map { $0.options["ignore"] } == ["x, 1", "x, 2"])
    #expect(plan.axes.map(\.name) == ["fold"])
    let named = Self.plan(
      "  task: { for: { part: { first: a, last: b } }, path: $part, kind: sequences, format: fasta }", reads: "task")
    #expect(named.plan?.inputs.map(\.source) == [.path("a"), .path("b")])
    #expect(named.plan?.inputs.map(\.name) == ["task[first]", "task[last]"])
  }

  @Test(arguments: [
    ("for: { fold: [1, 2] }", "", "does not use its axis: write $fold"),
    ("for: { a: [1], b: [2] }", ", options: { label: $a }", "has one axis, not 2"),
    ("for: { c: 1 }", ", options: { label: $c }", "needs a list of values"),
    ("for: { d: [1] }", ", options: { label: $params.none, ignore: $d }", "none"),
  ]) func `an axis that an input cannot have is explained`(_ axes: String, _ options: String, _ message: String) {
    let planned = Self.plan("  task: { \(axes), \(Self.rest)\(options) }", reads: "task")
    #expect(planned.plan == nil)
    #expect(planned.messages.contains(message), "\(planned.messages)")
  }

  @Test func `an item of a collection has no axis`() {
    let planned = Self.plan(
      "  tasks: { axis: f, items: { x: { for: { g: [1] }, \(Self.rest) } } }", reads: "tasks")
    #expect(planned.messages.contains("unknown key 'for'"), "\(planned.messages)")
  }
}
