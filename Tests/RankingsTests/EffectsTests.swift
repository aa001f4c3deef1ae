import Rankings
import Statistics
import TestSupport
import Testing

/// Effects that are planted are found, and hardly ever others.
@Suite struct EffectsTests {
  /// Results of 3 x 4 combinations on two tasks with three seeds.
  private func scores(
    _ random: inout RandomNumbers, main: Double, together: Double, metric: Metric = .mcc
  ) -> [Score] {
    ["k1", "k3", "bpe"].enumerated().flatMap { i, token in
      ["c", "t", "m", "h"].enumerated().flatMap { j, block in
        ["x", "y"].enumerated().flatMap { t, task in
          (0..<3).map { seed in
            let value: Double =
              0.5 + 0.1 * Double(t) + main * Double(i) + ((i + j) % 2 == 0 ? together : -together) + 0.05
              * random.normal()
            return Score(
              candidate: [token, block], task: task, replicate: "\(seed)", metric: metric,
              outcome: .value(Estimate(value)))
          }
        }
      }
    }
  }

  @Test(arguments: Effects.Response.allCases) func `planted effects are found, and hardly ever others`(
    _ response: Effects.Response
  ) throws {
    let trials = Trials.count(20)
    var (found, together, wrong) = (0, 0, 0)
    for trial in 0..<trials {
      var random = RandomNumbers(seed: UInt64(trial))
      let p = { (effects: Effects, factors: [Int]) in
        effects.terms.first { $0.test.factors == factors }!.adjusted!
      }
      let main = try #require(try Effects(scores(&random, main: 0.05, together: 0), response: response))
      if p(main, [0]) < 0.05 { found += 1 }
      // The order of values is that of the means, and the ends are told apart.
      let groups = main.factors[0].levels.map { $0.groups! }
      if p(main, [0]) < 0.05 { #expect(Set(groups[0]).isDisjoint(with: groups[2])) }
      let both = try #require(try Effects(scores(&random, main: 0, together: 0.04), response: response))
      if p(both, [0, 1]) < 0.05 { together += 1 }
      let none = try #require(try Effects(scores(&random, main: 0, together: 0), response: response))
      // The task has an effect of its own on the metric; on ranks within it none is tested.
      #expect(none.terms.contains { $0.test.factors == [2] } == (response == .metric))
      if none.terms.contains(where: { $0.test.factors != [2] && $0.adjusted! < 0.05 }) { wrong += 1 }
    }
    #expect(found >= trials * 9 / 10 && together >= trials * 9 / 10, "\(found), \(together) of \(trials)")
    #expect(wrong <= Trials.allowed(0.05, of: trials), "\(wrong) of \(trials)")
  }

  @Test func `means are of the metric, and missing results are said`() throws {
    var random = RandomNumbers(seed: 1)
    var all = scores(&random, main: 0.1, together: 0, metric: .rmse)
    let effects = try #require(try Effects(all, response: .ranks))
    #expect(effects.unit == .rmse && !effects.higherIsBetter && effects.missing == 0)
    #expect(effects.fewest == 3 && effects.most == 3 && effects.observations == 72 && effects.factors.count == 3)
    #expect(
      effects.factors.map(\.axis) == [0, 1, nil] && effects.tables.map(\.factors) == [[0, 1], [0, 2], [1, 2]])
    let own = all.filter { $0.candidate[0] == "k3" }.map { score -> Double in
      guard case .value(let estimate) = score.outcome else { return .nan }
      return estimate.value!
    }
    let mean = try #require(effects.factors[0].levels[1].mean)
    #expect(abs(mean.value - own.reduce(0, +) / Double(own.count)) < 1e-12)
    #expect(mean.low! < mean.value && mean.value < mean.high!)
    all.removeAll { $0.candidate == ["bpe", "h"] }
    all[0] = Score(
      candidate: ["k1", "c"], task: "x", replicate: "0", metric: .rmse, outcome: .failed("its step failed"))
    let fewer = try #require(try Effects(all, response: .ranks))
    #expect(fewer.missing == 2 && fewer.failures == ["k1,c,x,0"] && fewer.fewest == 2)
    // Without that combination the means of its values are open: the model has their interaction.
    #expect(fewer.factors[0].levels[2].mean == nil && fewer.factors[0].levels[0].mean != nil)
  }

  @Test func `one result of each combination tells by interactions of three`() throws {
    var random = RandomNumbers(seed: 2)
    let one = scores(&random, main: 0.2, together: 0).filter { $0.replicate == "0" }
    let effects = try #require(try Effects(one, response: .metric))
    #expect(effects.errorDegrees == 6 && effects.fewest == 1)
    let single = one.filter { $0.task == "x" }
    let closed = try #require(try Effects(single, response: .metric))
    #expect(closed.errorDegrees == 0 && closed.terms.allSatisfy { $0.test.f == nil })
    // Means are known all the same, without intervals.
    #expect(closed.factors[0].levels.allSatisfy { $0.mean != nil && $0.mean!.low == nil && $0.groups == nil })
    #expect(try Effects([one[0]], response: .ranks) == nil)
  }
}
