import Blocks
import Spaces
import Testing

/// The representatives stand for the space, and not for the order of the alphabet.
@Suite struct RepresentativeTests {
  /// The mean squared distance of one-hot vectors, twice the layers that differ, of all paths of a space of one depth
  /// to the nearest of `kept`.
  private func coverage(_ all: [Architecture], _ kept: [Architecture]) -> Double {
    let sum = all.reduce(0) { sum, path in
      sum + kept.map { zip($0.layers, path.layers).count { $0 != $1 } }.min()!
    }
    return 2 * Double(sum) / Double(all.count)
  }

  /// 90 of the 2,500 paths of depth 4 that are left with the distance filter first: scikit-learn's KMeans, with ties
  /// by chance, has 2.66, and a random draw 2.74.
  @Test func `representatives cover the space as well as those of scikit-learn`() throws {
    var space = SearchSpace(depths: [4], distanceFirst: true, count: 2_500)
    let all = try space.reduce().architectures
    space.count = 90
    let seeds = 0..<10
    let coverages = try seeds.map { seed in
      space.seed = seed
      return coverage(all, try space.reduce(threads: 2).architectures)
    }
    #expect(coverages.reduce(0, +) / Double(seeds.count) <= 2.66, "\(coverages)")
  }

  /// The largest distance, over positions and kinds, of a share of layers to the equal one, in percentage points.
  private func imbalance(_ reduced: ReducedSpace, _ kinds: [BlockKind]) -> Double {
    reduced.usage.flatMap { counts in
      let sum = Double(counts.values.reduce(0, +))
      return kinds.map { 100 * abs(Double(counts[$0] ?? 0) / sum - 1 / Double(kinds.count)) }
    }.max()!
  }

  @Test(arguments: [false, true])
  func `each kind of block has its share at each position`(distanceFirst: Bool) throws {
    for seed in 0..<5 {
      let reduced = try SearchSpace(distanceFirst: distanceFirst, seed: seed).reduce(threads: 2)
      #expect(reduced.usage.map { $0.values.reduce(0, +) } == [360, 360, 360, 270, 180, 90])
      #expect(imbalance(reduced, Module.standard.map(\.kind)) <= 5, "seed \(seed)")
    }
  }

  /// Six paths of a depth cannot have equal shares of five kinds; over all layers a kind has its fifth.
  @Test func `few representatives are no CNNs for the most part`() throws {
    let reduced = try SearchSpace(widths: [32, 64, 128], count: 24).reduce()
    let counts = reduced.usage.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    for kind in Module.standard.map(\.kind) {
      #expect(abs(Double(counts[kind] ?? 0) / 108 - 0.2) <= 0.05, "\(kind.name)")
    }
  }
}
