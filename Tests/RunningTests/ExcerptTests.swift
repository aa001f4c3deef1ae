import Testing

@testable import Explaining

/// The excerpt of graphs that are made up: nothing is resolved and there is no store.
@Suite struct ExcerptTests {
  static let weight = Change.parameter(name: "weight", old: "1", new: "2", position: nil, axis: nil)
  static let input = Change.port(name: "input", old: "a", new: "b", from: nil, position: nil)

  static func group(
    _ step: String, _ count: Int = 1, _ changes: [Change] = [], _ links: [Causes.Link] = []
  ) -> Causes.Group {
    var reason = Reason(step: step, key: nil, verdict: .willRun(.changed))
    reason.changes = changes
    return Causes.Group(reason: reason, count: count, links: links)
  }

  static func link(_ groups: [Int], unseen: Int = 0, isRepeated: Bool = false) -> Causes.Link {
    Causes.Link(ports: ["input"], isRepeated: isRepeated, unseen: unseen, groups: groups)
  }

  static func edits(_ groups: [Causes.Group]) -> [String] {
    Excerpt(Causes(groups: groups)).edits.map { step, change in "\(step).\(change.field)" }
  }

  @Test func `an excerpt of one step has its own changes`() {
    let excerpt = Excerpt(Causes(groups: [Self.group("a", 1, [Self.weight])]))
    #expect(excerpt.reason.step == "a" && excerpt.causes.isEmpty && !excerpt.isPartial)
    #expect(excerpt.edits.map(\.change) == [Self.weight])
  }

  /// Three groups are shown, the others are counted, and no edit is left out.
  @Test(arguments: 1...6) func `an excerpt shows three groups and counts the others`(count: Int) {
    let steps = (0..<count).map { Self.group("b\($0)", 10 - $0, [Self.weight]) }
    let top = Self.group("a", 1, [Self.input], [Self.link(Array(1...count), unseen: 7)])
    let excerpt = Excerpt(Causes(groups: [top] + steps))
    let shown = min(3, count)
    #expect(excerpt.causes.map(\.reason.step) == (0..<shown).map { "b\($0)" })
    #expect(excerpt.causes.map(\.others) == (0..<shown).map { 9 - $0 })
    let rest = steps.dropFirst(3).reduce(0) { $0 + $1.count }
    #expect(excerpt.causes.map(\.unlike) == Array(repeating: 0, count: shown - 1) + [rest])
    #expect(excerpt.causes.map(\.unseen) == [7] + Array(repeating: 0, count: shown - 1))
    #expect(excerpt.edits.map(\.step) == steps.map(\.reason.step))
    #expect(excerpt.isPartial)
  }

  @Test func `a chain is shown up to its edit`() {
    let excerpt = Excerpt(
      Causes(groups: [
        Self.group("a", 1, [Self.input], [Self.link([1])]), Self.group("b", 2, [Self.input], [Self.link([2])]),
        Self.group("c", 3, [Self.weight]),
      ]))
    #expect(excerpt.causes.map(\.reason.step) == ["b"] && excerpt.causes[0].others == 1)
    #expect(excerpt.causes[0].causes.map(\.reason.step) == ["c"] && excerpt.causes[0].causes[0].others == 2)
    #expect(excerpt.edits.map(\.step) == ["c"])
  }

  /// A change at a port is an edit unless there is one behind the port.
  @Test func `a port is an edit unless its causes lead to one`() {
    let both = [Self.weight, Self.input]
    #expect(Self.edits([Self.group("a", 1, both)]) == ["a.weight", "a.input"])
    let behind = Self.group("a", 1, both, [Self.link([1])])
    #expect(Self.edits([behind, Self.group("b", 1, [Self.weight])]) == ["a.weight", "b.weight"])
    #expect(Self.edits([behind, Self.group("b")]) == ["a.weight", "a.input"], "nothing is behind it")
  }

  /// A cause that is told further up explains a port, and is not told again.
  @Test func `a step that is explained further up is not explained again`() {
    let groups = [
      Self.group("a", 1, [Self.input], [Self.link([1, 3])]), Self.group("b", 2, [Self.input], [Self.link([2])]),
      Self.group("c", 1, [Self.weight]), Self.group("d", 1, [Self.input], [Self.link([4], isRepeated: true)]),
      Self.group("c", 1),
    ]
    #expect(Self.edits(groups) == ["c.weight"])
    let causes = Excerpt(Causes(groups: groups)).causes
    #expect(causes.map { $0.causes.map(\.isRepeated) } == [[false], [true]])
    #expect(causes.map { $0.causes.map(\.reason.step) } == [["c"], ["c"]])
  }

  /// Steps that were not looked at count also where they are not shown.
  @Test func `an excerpt says that steps were not looked at`() {
    let hidden = Self.group("b4", 1, [Self.input], [Self.link([5], unseen: 1)])
    let groups =
      [Self.group("a", 1, [Self.input], [Self.link([1, 2, 3, 4])])]
      + (1...3).map { Self.group("b\($0)", 2, [Self.weight]) } + [
        hidden, Self.group("c", 1, [Self.weight]),
      ]
    let excerpt = Excerpt(Causes(groups: groups))
    #expect(excerpt.isPartial && excerpt.causes.allSatisfy { $0.unseen == 0 })
    #expect(excerpt.edits.map(\.step) == ["b1", "b2", "b3", "c"])
  }
}
