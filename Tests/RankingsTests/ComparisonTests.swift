import Rankings
import Statistics
import TestSupport
import Testing

/// All pairs of candidates: planted differences are told, others are not.
@Suite struct ComparisonTests {
  private static let resamples = 500

  private func score(
    _ candidate: String, _ predictions: Predictions, task: String = "x", replicate: String = "1"
  ) -> Score {
    let values = Bootstrap(rows: predictions.rows, resamples: Self.resamples)
      .values(of: [predictions.prepared(.accuracy)], on: 0..<Self.resamples)[0]
    return Score(
      candidate: [candidate], task: task, replicate: replicate, metric: .accuracy,
      outcome: .value(Estimate(predictions.value(of: .accuracy))), resampled: Resampled(rows: task, values: values))
  }

  private func compare(
    _ scores: [Score], basis: Comparison.Basis = .rows, most: Int = 60
  ) throws -> Comparison {
    try #require(try Comparison(scores, basis: basis, level: 0.05, most: most) { _, _ in true })
  }

  @Test func `differences that are planted are told, and hardly ever others`() throws {
    let trials = Trials.count(12)
    var (found, wrong) = (0, 0)
    for trial in 0..<trials {
      var plant = Plant(rows: 500, seed: UInt64(trial))
      let models = [("a", 0.9), ("b", 0.9), ("c", 0.9), ("d", 0.9), ("e", 0.75)]
      let comparison = try compare(models.map { score($0.0, plant.model($0.1)) })
      let names = comparison.candidates.map { $0.candidate[0] }
      let told = comparison.pairs.filter { $0.adjusted! < 0.05 }.map { Set([names[$0.first], names[$0.second]]) }
      if told.count(where: { $0.contains("e") }) == 4 { found += 1 }
      if told.contains(where: { !$0.contains("e") }) { wrong += 1 }
      // Letters say the same as pairs.
      for pair in comparison.pairs {
        let (a, b) = (comparison.candidates[pair.first].groups!, comparison.candidates[pair.second].groups!)
        #expect(Set(a).isDisjoint(with: b) == (pair.adjusted! < 0.05))
      }
    }
    #expect(found >= trials * 9 / 10, "\(found) of \(trials)")
    #expect(wrong <= Trials.allowed(0.05, of: trials), "\(wrong) of \(trials)")
  }

  @Test func `seeds alone tell what their signs can`() throws {
    var plant = Plant(rows: 200, seed: 5)
    // On each of two tasks and three seeds a is ahead: six differences of one sign, 2 of 64.
    let scores = ["x", "y"].flatMap { task in
      ["1", "2", "3"].flatMap { seed in
        [("a", 0.95), ("b", 0.6)].map { score($0.0, plant.model($0.1), task: task, replicate: seed) }
      }
    }
    let comparison = try compare(scores, basis: .seeds)
    #expect(comparison.pairs[0].bySeeds == 2.0 / 64 && comparison.pairs[0].adjusted == 2.0 / 64)
    #expect(comparison.candidates[0].groups == [0] && comparison.candidates[1].groups == [1])
    #expect(comparison.pairs[0].wins == 2 && comparison.pairs[0].losses == 0)
    #expect(comparison.candidates.map(\.replicates) == [3, 3] && comparison.unit == .accuracy)
    // Other seeds are no pairs.
    let other = try compare(scores.filter { $0.candidate == ["a"] || $0.replicate != "3" }, basis: .seeds)
    #expect(other.pairs[0].bySeeds == nil && other.candidates[0].groups == nil && other.pairs[0].byRows != nil)
  }

  @Test func `the interquartile mean leaves a quarter out at either end`() throws {
    let values = [0.1, 0.5, 0.6, 0.7, 0.9, 0.55, 0.65, 0.62]
    let scores = ["a", "b"].flatMap { name in
      values.enumerated().map { index, value in
        Score(
          candidate: [name], task: index < 4 ? "x" : "y", replicate: "\(index % 4)", metric: .mcc,
          outcome: .value(Estimate(value)))
      }
    }
    let comparison = try compare(scores)
    let iqm = try #require(comparison.candidates[0].interquartileMean)
    // scipy.stats.trim_mean(values, 0.25)
    #expect(abs(iqm.value! - (0.55 + 0.6 + 0.62 + 0.65) / 4) < 1e-12)
    #expect(iqm.low! < iqm.value! && iqm.value! < iqm.high!)
    #expect(comparison.pairs[0].difference == nil && comparison.candidates[0].mean.low == nil)
  }

  @Test func `ranks over tasks, the best of many, and failures are said`() throws {
    let scores = (0..<4).flatMap { model in
      (0..<8).map { task in
        Score(
          candidate: ["m\(model)"], task: "t\(task)", replicate: "", metric: .rmse,
          outcome: model == 3 && task == 2 ? .failed("its step failed") : .value(Estimate(Double(model) + 0.1)))
      }
    }
    let comparison = try compare(scores, most: 3)
    // Less is better: the first has the least error.
    #expect(comparison.candidates.map { $0.candidate[0] } == ["m0", "m1", "m2"] && comparison.left == 0)
    #expect(comparison.failures.count == 1 && comparison.failures[0].hasPrefix("m3: task t2"))
    #expect(comparison.candidates.map(\.meanRank) == [1, 2, 3] && comparison.friedman?.meanRanks == [1, 2, 3])
    // Eight differences of one sign, all equal: Wilcoxon's normal form with ties.
    #expect(comparison.pairs.allSatisfy { $0.byTasks! < 0.01 && $0.wins == 8 })
    #expect(try compare(scores, most: 2).left == 1)
  }
}
