import Rankings
import Searches
import Testing

/// The trials that count, and a correlation that scipy gives.
@Suite struct BestTrialTests {
  private func result(_ candidate: String, _ task: String, _ trial: String, _ value: Double?) -> BestTrial.Result {
    .init(candidate: [candidate], task: task, trial: [trial], value: value)
  }

  @Test func `the trial with the best mean over replicates counts, for each candidate and task`() {
    let results = [
      result("a", "x", "low", 0.5), result("a", "x", "high", 0.9), result("a", "x", "low", 0.7),
      result("a", "x", "high", 0.1), result("a", "y", "low", 0.2), result("a", "y", "high", 0.3),
      result("b", "x", "low", nil), result("b", "x", "high", -5), result("b", "y", "low", nil),
      result("b", "y", "high", nil), result("c", "x", "low", 1), result("c", "x", "high", 1),
    ]
    let (places, chosen) = BestTrial.among(results)
    // A failure is behind every number; where all fail, or are equal, the first by name stays.
    #expect(places == [0, 2, 5, 7, 9, 11])
    #expect(chosen.map { $0.candidate[0] + $0.task } == ["ax", "ay", "bx", "by", "cx"])
    #expect(chosen.map { $0.trial[0] } == ["low", "high", "high", "high", "high"])
    #expect(chosen.allSatisfy { $0.trials == 2 })
    #expect(BestTrial.among([]).places.isEmpty)
  }

  /// scipy.stats.spearmanr([1, 2, 2, 5, 3, 8], [9, 4, 5, 3, 3, 1]).statistic
  @Test func `Spearman's correlation is that of scipy`() throws {
    let correlation = RankCorrelation([1, 2, 2, 5, 3, 8], [9, 4, 5, 3, 3, 1])
    let value = try #require(correlation.estimate.value)
    #expect(abs(value - -0.970_588_235_294_117_8) < 1e-12)
    #expect(correlation.probability! < 0.05 && correlation.probability! > 0.001)
    #expect(correlation.estimate.low! <= value && value <= correlation.estimate.high!)
    let flat = RankCorrelation([1, 1, 1, 1], [1, 2, 3, 4])
    #expect(flat.estimate.value == nil && flat.probability == nil)
  }
}
