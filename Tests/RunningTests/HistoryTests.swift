import Artifacts
import Plans
import Resolving
import Testing

@testable import Explaining

/// Steps of earlier runs, found again under other names and orders, and in what older programs logged.
@Suite struct HistoryTests {
  /// Two axes in `order`, of which each step's parameters come.
  private static func square(_ scene: Scene, order: String, first: String = "seed", word: String = "old") -> String {
    """
    bioarc: 1
    name: square
    inputs:
      data: { path: \(scene.path("input")), kind: sequences, format: raw }
    stages:
      first: { stage: follow, in: { input: $data } }
      each:
        stage: follow
        for: { \(order) }
        with: { weight: $\(first), steps: $fold }
        in: { input: $first.output, other: \(word) }
    """
  }

  /// The order of axes in the file is in no key, and a step is found again whatever it was; by a renamed axis too. A
  /// run that was killed knew the keys only of what it had started.
  @Test(arguments: [Int.max, 7]) func `a step is found again whatever the order of axes`(_ limit: Int) throws {
    let scene = try Scene()
    try scene.run(Self.square(scene, order: "seed: [0.1, 0.2, 0.3], fold: [1, 2]"), limit: limit)
    for (order, first, step) in [
      ("fold: [1, 2], seed: [0.1, 0.2, 0.3]", "seed", "each[fold=1,seed=0.2]"),
      ("seed: [0.1, 0.2, 0.3], fold: [1, 2]", "seed", "each[seed=0.2,fold=1]"),
      ("fold: [1, 2], number: [0.1, 0.2, 0.3]", "number", "each[fold=1,number=0.2]"),
    ] {
      let resolution = try scene.resolve(Self.square(scene, order: order, first: first, word: "new"))
      let excerpt = try scene.why(resolution).excerpt(for: resolution.step(step))
      guard case .port("other", _, "new", _, _)? = excerpt.reason.changes.first, excerpt.reason.changes.count == 1,
        excerpt.reason.namesake == nil
      else {
        Issue.record("\(step): \(excerpt.reason.changes), \(excerpt.reason.namesake ?? "")")
        continue
      }
    }
  }

  /// The bindings that an older program logged, without the names of axes, are still of use.
  @Test func `bindings that an older program logged are read`() throws {
    let keys = (0..<2).map { Digest.of([UInt8($0)]) }
    let list = { (fields: [Canonical]) in
      try Bindings(decoding: Canonical.list(fields + [.bytes(keys.flatMap(\.bytes))]).encoded())
    }
    let ids = Canonical.list([.list([.string("a"), .string("b")])])
    let older = try list([.string("bioarc-bindings/2"), ids])
    #expect(older.axes == [] && older.count == 2 && older.key(at: 1) == keys[1])
    let newer = try list([.string("bioarc-bindings/3"), .list([.string("k")]), ids])
    #expect(newer.axes == ["k"] && newer.key(at: 0) == keys[0])
    #expect(throws: CanonicalError.self) { try list([.string("bioarc-bindings/3"), .list([]), ids]) }
    #expect(throws: CanonicalError.self) { try list([.string("bioarc-bindings/4"), .list([.string("k")]), ids]) }
  }
}
