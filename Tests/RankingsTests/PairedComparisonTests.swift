import Glibc
import Rankings
import TestSupport
import Testing

/// The data tell candidates apart, or do not: planted truths.
@Suite struct PairedComparisonTests {
  private static let resamples = 1_000

  private static func resampled(_ predictions: Predictions) -> [Double?] {
    let bootstrap = Bootstrap(rows: predictions.rows, resamples: resamples)
    return bootstrap.values(of: [predictions.prepared(.accuracy)], on: 0..<resamples)[0]
  }

  private func score(
    _ candidate: String, _ predictions: Predictions, task: String = "", replicate: String = "", rows: String = "rows"
  ) -> Score {
    Score(
      candidate: [candidate], task: task, replicate: replicate, metric: .accuracy,
      outcome: .value(Estimate(predictions.value(of: .accuracy))),
      resampled: Resampled(rows: rows, values: Self.resampled(predictions)))
  }

  /// The harmonic mean of one result is that result, so that the data tell the same by it; and of two it is told apart
  /// where a result on one of them is.
  @Test func `harmonic means are compared on the rows of their tasks`() throws {
    var plant = Plant(rows: 600, seed: 17)
    let models = [("a", plant.model(0.9)), ("b", plant.model(0.88)), ("c", plant.model(0.6))]
    let one = models.map { score($0.0, $0.1) }
    let (means, harmonic) = try (Ranking(one), Ranking(one, by: .harmonicMean))
    #expect(harmonic.rows.map(\.isTied) == means.rows.map(\.isTied) && harmonic.rows[2].isTied == false)
    for (row, (_, model)) in zip(harmonic.rows, models) {
      #expect(abs(row.score! - model.value(of: .accuracy)!) < 1e-12)
    }
    let both = models.map { score($0.0, $0.1, task: "x") } + models.map { score($0.0, models[0].1, task: "y") }
    let ranking = try Ranking(both, by: .harmonicMean)
    let behind = try #require(ranking.rows[2].behind)
    let scores = ranking.rows.map { $0.score! }
    #expect(abs(behind.value! - (scores[0] - scores[2])) < 1e-12 && behind.low! > 0 && ranking.rows[2].isTied == false)
  }

  @Test func `two candidates that tie are marked in at least 95 of 100`() throws {
    var marked = 0
    for seed in 0..<100 {
      var plant = Plant(rows: 500, seed: UInt64(seed))
      let ranking = try Ranking([score("a", plant.model(0.8)), score("b", plant.model(0.8))])
      if ranking.rows[1].isTied == true { marked += 1 }
    }
    #expect(marked >= 95, "\(marked)")
  }

  @Test func `among twenty that tie hardly ever one is told apart`() throws {
    var wrong = 0
    for seed in 0..<40 {
      var plant = Plant(rows: 300, seed: 1_000 + UInt64(seed))
      let ranking = try Ranking((0..<20).map { score("c\($0)", plant.model(0.8)) })
      if ranking.rows.contains(where: { $0.isTied == false }) { wrong += 1 }
    }
    #expect(wrong <= 2, "\(wrong) of 40 rankings")
  }

  /// The power of a z test at 99 %: Phi(delta / se - 2.576), with se^2 = (p01 + p10 - delta^2) / n of the rows on which
  /// one model alone is right (McNemar).
  @Test func `candidates that differ are told apart as often as theory says`() throws {
    let (rows, better, worse) = (800, 0.85, 0.80)
    // The chance that both draw the shared difficulty is one quarter: there the worse is wrong wherever the better is.
    let both = 0.25 * worse + 0.75 * better * worse
    let discordant = better + worse - 2 * both
    let delta = better - worse
    let error = ((discordant - delta * delta) / Double(rows)).squareRoot()
    let power = erfc((2.576 - delta / error) / 2.0.squareRoot()) / 2
    let trials = 200
    var told = 0
    for seed in 0..<trials {
      var plant = Plant(rows: rows, seed: 2_000 + UInt64(seed))
      let ranking = try Ranking([score("better", plant.model(better)), score("worse", plant.model(worse))])
      if ranking.rows[0].candidate == ["better"], ranking.rows[1].isTied == false { told += 1 }
    }
    let spread = 3.5 * (power * (1 - power) * Double(trials)).squareRoot()
    #expect(abs(Double(told) - power * Double(trials)) <= spread, "\(told) of \(trials), theory \(power)")
  }

  /// Three seeds whose spread is far above that of the rows, in models of one true accuracy.
  @Test func `few seeds that differ much tell nothing apart by chance`() throws {
    var marked = 0
    for seed in 0..<100 {
      var plant = Plant(rows: 300, seed: 5_000 + UInt64(seed))
      let scores = ["a", "b"].flatMap { name in
        (0..<3).map { run in
          let drawn = plant.random.normal()
          return score(name, plant.model(0.8 + 0.06 * drawn), replicate: "\(run)")
        }
      }
      if try Ranking(scores).rows[1].isTied == true { marked += 1 }
    }
    #expect(marked >= 95, "\(marked)")
  }

  @Test func `what is not measured on the same rows is not compared`() throws {
    var plant = Plant(rows: 100, seed: 7)
    let (a, b) = (plant.model(0.9), plant.model(0.7))
    let apart = try Ranking([score("a", a), score("b", b, rows: "others")])
    #expect(apart.rows.map(\.isTied) == [true, nil] && apart.rows[1].behind == nil)
    let blind = Score(
      candidate: ["b"], task: "", replicate: "", metric: .accuracy, outcome: .value(Estimate(b.value(of: .accuracy))))
    #expect(try Ranking([score("a", a), blind]).rows.map(\.isTied) == [true, nil])
    #expect(try Ranking([blind]).rows.map(\.isTied) == [nil])
  }

  @Test func `a difference has the scale of scores, and its interval`() throws {
    var plant = Plant(rows: 400, seed: 9)
    let models = [plant.model(0.9), plant.model(0.8), plant.model(0.6)]
    let ranking = try Ranking(zip(["a", "b", "c"], models).map { score($0, $1) })
    for row in ranking.rows {
      let behind = try #require(row.behind)
      #expect(abs(behind.value! - (ranking.rows[0].score! - row.score!)) < 1e-12)
      #expect(behind.low! <= behind.value! && behind.value! <= behind.high!)
    }
    #expect(ranking.rows.map(\.isTied) == [true, false, false])
  }

  /// Replicates that differ more than their rows explain widen the difference.
  @Test func `the spread of replicates is in the difference`() throws {
    var plant = Plant(rows: 400, seed: 11)
    let (a, b) = (plant.model(0.86), plant.model(0.8))
    let (good, bad) = (plant.model(0.97), plant.model(0.63))
    func width(_ scores: [Score]) throws -> Double {
      let behind = try #require(try Ranking(scores).rows[1].behind)
      return behind.high! - behind.low!
    }
    let alike = try width([score("a", a, replicate: "1"), score("a", a, replicate: "2"), score("b", b)])
    let apart = try width([score("a", good, replicate: "1"), score("a", bad, replicate: "2"), score("b", b)])
    #expect(apart > 1.5 * alike, "\(apart), \(alike)")
  }
}
