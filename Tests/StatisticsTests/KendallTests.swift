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
  }
}
