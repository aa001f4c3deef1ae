import Statistics
import TestSupport
import Testing

/// Rank correlation.
@Suite struct KendallTests {
  @Test func `tau agrees with values of scipy, ties and all`() throws {
    // scipy.stats.kendalltau of the same numbers.
    #expect(abs(try #require(Kendall.tau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0])) - -0.4714045207910316) < 1e-12)
    #expect(abs(try #require(Kendall.tau([1, 2, 3, 4, 5], [3, 1, 4, 2, 5])) - 0.4) < 1e-12)
    #expect(Kendall.tau([1, 2, 3], [1, 2, 3]) == 1 && Kendall.tau([1, 2, 3], [3, 2, 1]) == -1)
    #expect(Kendall.tau([1, 1, 1], [1, 2, 3]) == nil && Kendall.tau([1], [1]) == nil)
    let places = Array(0..<300)
    let many = Kendall.tau(places.map { Double($0 * 37 % 41) }, places.map { Double(($0 * $0 * 13 + $0) % 29) })
    #expect(abs(try #require(many) - 0.026590296373250204) < 1e-12)
    let more = Array(0..<100_000)
    let tau = Kendall.tau(more.map { Double($0 * 7919 % 100_003) }, more.map { Double($0 * 104_729 % 99_991) })
    #expect(abs(try #require(tau) - -3.0199302020199574e-05) < 1e-12)
  }

  @Test func `tau is the balance of pairs`() {
    for trial in 0..<UInt64(Trials.count(60)) {
      var random = RandomNumbers(seed: seed &+ trial)
      let x = (0..<23).map { _ in Double(Int.random(in: 0..<7, using: &random)) }
      let y = (0..<23).map { _ in random.normal().rounded() }
      var (balance, different) = (0.0, (x: 0.0, y: 0.0))
      for a in x.indices {
        for b in 0..<a {
          let (dx, dy) = (x[a] - x[b], y[a] - y[b])
          different.x += dx == 0 ? 0 : 1
          different.y += dy == 0 ? 0 : 1
          balance += dx * dy == 0 ? 0 : dx * dy > 0 ? 1 : -1
        }
      }
      let scale = (different.x * different.y).squareRoot()
      #expect(Kendall.tau(x, y) == (scale > 0 ? balance / scale : nil), "seed \(seed &+ trial)")
    }
  }
}
