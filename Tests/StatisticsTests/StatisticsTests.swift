import Foundation
import Statistics
import Testing

/// Tests and tails beside scipy, statsmodels and scikit-posthocs: `Goldens/make_statistics_goldens.py`.
@Suite struct StatisticsTests {
  struct Golden: Decodable {
    struct Tail: Decodable {
      let kind: String
      let at: Double
      let a: Double
      let b: Double
      let tail: Double
    }
    struct Nemenyi: Decodable {
      let k: Int
      let q: Double
    }
    struct Paired: Decodable {
      let x: [Double]
      let statistic: Double?
      let p: Double
    }
    struct Blocks: Decodable {
      let blocks: [[Double]]
      let chi: Double
      let p: Double
      let ranks: [Double]
      /// (k, k): the probabilities of pairs.
      let nemenyi: [[Double]]
    }
    struct Adjusted: Decodable {
      let p: [Double]
      let adjusted: [Double]
    }
    struct Correlation: Decodable {
      let a: [Double]
      let b: [Double]
      let rho: Double
    }
    struct Linkage: Decodable {
      let distances: [[Double]]
      let heights: [Double]
    }
    struct Variance: Decodable {
      struct Term: Decodable {
        let squares: Double
        let degrees: Int
        let f: Double
        let p: Double
        /// The ends of the interval of the share, by the noncentral F.
        let share: [Double]
      }
      let counts: [Int]
      let levels: [[Int]]
      let y: [Double]
      let terms: [Term]
      let error: Double
      let errorDegrees: Int
      /// By level of the first factor: mean, low, high.
      let means: [[Double]]
    }
    let tails: [Tail]
    let nemenyi: [Nemenyi]
    let signedRank: [Paired]
    let signFlip: [Paired]
    let friedman: [Blocks]
    let holm: Adjusted
    let spearman: Correlation
    let linkage: Linkage
    let anova: [Variance]
  }

  static let golden: Golden = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Goldens/statistics.json")
    return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }()

  /// Equal to 1e-9, relative to numbers above 1.
  private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(1, abs(b)) }

  @Test func `tails are those of scipy`() {
    for one in Self.golden.tails {
      let value =
        switch one.kind {
        case "normal": Tail.normal(one.at)
        case "student": Tail.student(one.at, one.a)
        case "fisher": Tail.fisher(one.at, one.a, one.b)
        case "chiSquared": Tail.chiSquared(one.at, one.a)
        case "range": Tail.range(one.at, of: Int(one.a))
        default: Double.nan
        }
      #expect(isNear(value, one.tail), "\(one): \(value)")
      // Small tails have as many digits.
      if one.kind != "range", value != one.tail { #expect(abs(value / one.tail - 1) < 1e-9, "\(one): \(value)") }
    }
    for one in Self.golden.nemenyi {
      let q = Tail.quantile(0.05) { Tail.range($0, of: one.k) } / 2.0.squareRoot()
      #expect(isNear(q, one.q))
    }
  }

  @Test func `paired tests are those of scipy`() throws {
    for one in Self.golden.signedRank {
      let result = try #require(PairedTests.signedRank(one.x))
      #expect(isNear(result.statistic, one.statistic!) && isNear(result.probability, one.p), "\(one): \(result)")
    }
    for one in Self.golden.signFlip { #expect(isNear(try #require(PairedTests.signFlip(one.x)), one.p), "\(one)") }
    #expect(PairedTests.signFlip([]) == nil && PairedTests.signedRank([0, 0]) == nil)
    #expect(PairedTests.signFlip([1, 1, 1]) == 0.25)
  }

  /// Signs that are drawn come near to those that are gone through.
  @Test func `random signs say what all signs say`() throws {
    let x = Self.golden.signFlip[2].x
    let doubled = x + x.map { $0 / 3 }
    let drawn = try #require(PairedTests.signFlip(doubled))
    // All 2^24 would be gone through: halves are, by the sum of squares; the normal approximation is near enough.
    let z = doubled.reduce(0, +) / doubled.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(drawn - 2 * Tail.normal(abs(z))) < 0.02 && drawn > 0)
    #expect(PairedTests.signFlip(doubled) == drawn)
  }

  @Test func `Friedman's test and critical differences are those of scipy and scikit-posthocs`() throws {
    for one in Self.golden.friedman {
      let test = try #require(Friedman(one.blocks))
      #expect(isNear(test.chiSquared, one.chi) && isNear(test.probability, one.p))
      #expect(zip(test.meanRanks, one.ranks).allSatisfy(isNear))
      let k = one.ranks.count
      for a in 0..<k {
        for b in 0..<k where a != b {
          let gap = abs(one.ranks[a] - one.ranks[b])
          #expect((gap > test.criticalDifference) == (one.nemenyi[a][b] < 0.05))
          let spread = (Double(k * (k + 1)) / 6 / Double(one.blocks.count)).squareRoot()
          #expect(abs(Tail.range(gap / spread * 2.0.squareRoot(), of: k) - one.nemenyi[a][b]) < 1e-9)
        }
      }
    }
    #expect(Friedman([[1, 2, 3]]) == nil && Friedman([[1, 1, 1], [1, 1, 1]]) == nil)
    let all = try #require(Friedman([[1, 2, 3], [4, 5, 6], [0, 1, 2]]))
    #expect(all.f == nil && all.probabilityOfF == 0 && all.meanRanks == [3, 2, 1])
  }

  @Test func `Holm's correction and rank correlations are those of the peers`() throws {
    let (holm, spearman) = (Self.golden.holm, Self.golden.spearman)
    #expect(zip(Holm.adjusted(holm.p), holm.adjusted).allSatisfy(isNear))
    #expect(isNear(try #require(Ranks.spearman(spearman.a, spearman.b)), spearman.rho))
    #expect(Ranks.spearman([1, 1], [1, 2]) == nil)
  }

  @Test func `average linkage is scipy's`() {
    let golden = Self.golden.linkage
    let linkage = AverageLinkage(golden.distances)
    #expect(zip(linkage.heights, golden.heights).allSatisfy(isNear) && linkage.heights.count == golden.heights.count)
    #expect(linkage.order.sorted() == Array(golden.distances.indices))
  }

  @Test func `analysis of variance is that of statsmodels, also of designs that are not balanced`() throws {
    for one in Self.golden.anova {
      let model = Factorial(levels: one.levels, counts: one.counts, response: one.y)
      #expect(model.terms.count == one.terms.count && model.errorDegrees == one.errorDegrees)
      #expect(isNear(model.error, one.error))
      for (term, peer) in zip(model.terms, one.terms) {
        #expect(isNear(term.squares, peer.squares) && term.degrees == peer.degrees)
        #expect(isNear(term.f!, peer.f) && isNear(term.probability!, peer.p))
        let share = try #require(term.share)
        #expect(isNear(share.low!, peer.share[0]) && isNear(share.high!, peer.share[1]), "\(share), \(peer.share)")
        #expect(share.low! <= share.value && share.value <= share.high!)
      }
      for (level, peer) in one.means.enumerated() {
        let mean = try #require(model.mean([0: level]))
        #expect(isNear(mean.value, peer[0]) && isNear(mean.low!, peer[1]) && isNear(mean.high!, peer[2]))
      }
    }
  }

  @Test func `what combinations that are missing leave open has no mean`() throws {
    // b is only with a, so that its level 1 without a is not known, and neither is the interaction.
    let levels = [[0, 0], [0, 0], [1, 0], [1, 0], [1, 1], [1, 1]]
    let model = Factorial(levels: levels, counts: [2, 2], response: [1, 2, 3, 4, 6, 7])
    #expect(model.terms.map(\.factors) == [[0], [1]])
    let known = try #require(model.difference([0: 1, 1: 1], [0: 1, 1: 0]))
    #expect(abs(known.estimate.value - 3) < 1e-12)
    #expect(model.mean([0: 0, 1: 1]) == nil && model.mean([0: 0]) == nil)
  }

  @Test func `treatments share a letter exactly when they are not told apart`() {
    // A chain: neighbours are not told apart.
    let chain = Letters.groups(4) { a, b in b - a > 1 }
    #expect(chain == [[0], [0, 1], [1, 2], [2]])
    #expect(Letters.groups(3) { _, _ in false } == [[0], [0], [0]])
    #expect(Letters.groups(3) { _, _ in true } == [[0], [1], [2]])
    var state: UInt64 = 3
    for count in 1...9 {
      var differ: Set<[Int]> = []
      for a in 0..<count {
        for b in (a + 1)..<max(a + 1, count) {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          if state >> 63 == 1 { differ.insert([a, b]) }
        }
      }
      let groups = Letters.groups(count) { differ.contains([$0, $1]) }
      for a in 0..<count {
        for b in (a + 1)..<max(a + 1, count) {
          #expect(Set(groups[a]).isDisjoint(with: groups[b]) == differ.contains([a, b]))
        }
      }
    }
    #expect([0, 25, 26, 701].map(Letters.name) == ["a", "z", "aa", "zz"])
  }
}
