import Artifacts
import Plans
import Resolving
import Testing

@testable import Explaining

/// The graph of causes, before anything of it is shown.
@Suite struct CausesTests {
  /// The causes of `all` when `first` and some of 40 items before it were edited, and `first` groups go first.
  static func causes(edited: Set<Int>, first: Int) throws -> Causes {
    let scene = try Scene()
    let old = try scene.resolve(ChainTests.array(scene, first: "1", ChainTests.items(40)))
    let new = try scene.resolve(ChainTests.array(scene, first: "0.5", ChainTests.items(40, edited: edited)))
    let comparison = Comparison(new, with: PipelineBaseline(old))
    return try Causes(of: new.step("all"), in: comparison, first: first)
  }

  @Test(arguments: [1, 3, 100]) func `a graph of causes has every group of steps`(first: Int) throws {
    let causes = try Self.causes(edited: [0, 1, 2, 17, 38, 39], first: first)
    let link = try #require(causes.groups[0].links.first)
    #expect(causes.groups[0].count == 1 && causes.groups[0].links.count == 1)
    #expect(link.ports == ["items"] && link.unseen == 0 && !link.isRepeated)
    let groups = link.groups.map { causes.groups[$0] }
    #expect(groups.map(\.count) == [34, 1, 1, 1, 1, 1, 1], "the largest comes first")
    #expect(groups.map { $0.reason.changes.count } == [0, 1, 1, 1, 1, 1, 1])
    // The step before them all is behind the largest group; the others lead to it again.
    #expect(groups.map { $0.links.map(\.isRepeated) } == [[false]] + Array(repeating: [true], count: 6))
    for behind in groups.flatMap(\.links).flatMap(\.groups) { #expect(causes.groups[behind].reason.step == "first") }
  }

  @Test func `a cause comes after the steps that it is behind`() throws {
    let causes = try Self.causes(edited: [3, 4, 5, 6, 7], first: 2)
    for (place, group) in causes.groups.enumerated() {
      for link in group.links { #expect(link.groups.allSatisfy { $0 > place } && !link.groups.isEmpty) }
    }
    // No group is behind two links.
    let places = causes.groups.flatMap(\.links).flatMap(\.groups)
    #expect(places.sorted() == Array(1..<causes.groups.count))
  }

  /// Work is bounded: so many steps of an array are looked at, and the rest is counted.
  @Test func `a large array is one group with its number of steps`() throws {
    let scene = try Scene()
    let old = try scene.resolve(ChainTests.array(scene, first: "1", ChainTests.items(1500)))
    let new = try scene.resolve(ChainTests.array(scene, first: "0.5", ChainTests.items(1500)))
    let causes = try Causes(of: new.step("all"), in: Comparison(new, with: PipelineBaseline(old)), first: 3)
    #expect(causes.groups.map(\.count) == [1, 1000, 1])
    #expect(causes.groups.map { $0.links.map(\.unseen) } == [[500], [0], []])
  }

  @Test func `a step without a baseline has no cause`() throws {
    let scene = try Scene()
    let text = ChainTests.array(scene, first: "1", ChainTests.items(2))
    let resolution = try scene.resolve(text)
    let causes = try scene.why(resolution).causes(of: resolution.step("all"))
    #expect(causes.groups.map(\.reason.step) == ["all", "each[item=i100000]", "first"])
    #expect(causes.groups.map(\.count) == [1, 2, 1] && causes.groups.allSatisfy { $0.reason.changes.isEmpty })
    try scene.run(text)
    let done = try scene.resolve(text)
    #expect(try scene.why(done).causes(of: done.step("all")).groups.map(\.links.count) == [0])
  }
}
