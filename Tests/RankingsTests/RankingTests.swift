import Foundation
import Rankings
import Testing

private func score(
  _ candidate: String, _ task: String, _ value: Double?, replicate: String = "1", metric: Metric = .mcc,
  low: Double? = nil, high: Double? = nil
) -> Score {
  Score(
    candidate: [candidate], task: task, replicate: replicate, metric: metric,
    outcome: .value(Estimate(value, low: low, high: high)))
}

private func failure(_ candidate: String, _ task: String, replicate: String = "1") -> Score {
  Score(
    candidate: [candidate], task: task, replicate: replicate, metric: .mcc, outcome: .failed("the loss is not a number")
  )
}

@Test func `a score is the mean of signed z values`() throws {
  // numpy: mean over tasks of (P - P.mean(0)) / P.std(0), the last task negated.
  let table: [(String, [Double])] = [("a", [0.80, 0.9, 3.0]), ("b", [0.82, 0.7, 2.5]), ("c", [0.7, 0.8, 2.0])]
  let scores = table.flatMap { name, values in
    [
      score(name, "x", values[0]), score(name, "y", values[1]), score(name, "z", values[2], metric: .rmse),
    ]
  }
  let ranking = try Ranking(scores)
  #expect(ranking.rows.map(\.candidate) == [["a"], ["c"], ["b"]])
  #expect(ranking.rows.map(\.rank) == [1, 2, 3])
  let expected = [0.1693335026669196, -0.057418841870170066, -0.11191466079675345]
  for (row, value) in zip(ranking.rows, expected) { #expect(abs(row.score! - value) < 1e-12) }
  #expect(abs(ranking.rows[0].results[0].z! - 0.508000508) < 1e-9)
  #expect(ranking.tasks.map(\.higherIsBetter) == [true, true, false])
  #expect(ranking.best?.candidate == ["a"])
  #expect(try Ranking(scores.reversed()) == ranking)
}

@Test func `replicates of a candidate are averaged`() throws {
  let ranking = try Ranking([
    score("a", "x", 0.5, replicate: "1", low: 0.4, high: 0.6),
    score("a", "x", 0.7, replicate: "2", low: 0.6, high: 0.8),
    score("b", "x", 0.2, replicate: "1", low: 0.1, high: 0.3),
  ])
  let (a, b) = (ranking.rows[0].results[0], ranking.rows[1].results[0])
  #expect(abs(a.estimate.value! - 0.6) < 1e-12 && abs(a.estimate.low! - 0.5) < 1e-12)
  #expect(abs(a.deviation! - 0.1 * 2.0.squareRoot()) < 1e-12)
  #expect(a.replicates == 2 && b.replicates == 1 && b.deviation == nil)
  #expect(ranking.rows.map { ($0.score! * 1e9).rounded() } == [1e9, -1e9])
}

@Test func `tasks without spread add zero`() throws {
  // 0.1 three times: a rounded mean must not make a spread.
  let ranking = try Ranking(
    ["a", "b", "c"].enumerated().flatMap { index, name in
      [score(name, "flat", 0.1), score(name, "steep", Double(-index))]
    })
  #expect(ranking.withoutSpread == ["flat"])
  #expect(ranking.rows.map { $0.candidate[0] } == ["a", "b", "c"])
  #expect(ranking.rows.allSatisfy { $0.results[0].z == 0 })
  let alone = try Ranking([score("a", "x", 0.3)])
  #expect(alone.rows[0].score == 0)
}

@Test func `incomplete candidates come last`() throws {
  let ranking = try Ranking([
    score("good", "x", 0.5), score("good", "y", 0.5), score("better", "x", 0.6), score("better", "y", 0.6),
    score("failed", "x", 0.9), failure("failed", "y"), score("missing", "x", 0.9), score("undefined", "x", nil),
    score("undefined", "y", 0.9), score("infinite", "x", .infinity), score("infinite", "y", 1),
  ])
  #expect(ranking.rows.map { $0.candidate[0] } == ["better", "good", "failed", "infinite", "missing", "undefined"])
  #expect(ranking.rows.map(\.rank) == [1, 2, 3, 4, 5, 6])
  #expect(ranking.rows.map { $0.score.map { ($0 * 1e9).rounded() } } == [1e9, -1e9, nil, nil, nil, nil])
  #expect(
    ranking.rows.map { $0.failures.joined() } == [
      "", "", "task y, replicate 1: the loss is not a number", "task x, replicate 1: mcc is not finite",
      "no score on task y", "task x, replicate 1: mcc is undefined",
    ])
  #expect(abs(ranking.tasks[0].mean! - 0.55) < 1e-12)
  let none = try Ranking([failure("b", "x"), failure("a", "x")])
  #expect(none.best == nil && none.rows.map { $0.candidate[0] } == ["a", "b"])
  #expect(none.tasks[0].mean == nil)
}

@Test func `one failed replicate makes a candidate incomplete`() throws {
  let ranking = try Ranking([
    score("a", "x", 0.9), failure("a", "x", replicate: "2"), score("b", "x", 0.1), score("b", "x", 0.1, replicate: "2"),
  ])
  #expect(ranking.rows.map { $0.candidate[0] } == ["b", "a"])
  #expect(ranking.rows[1].results[0].replicates == 1)
}

@Test func `ties are ordered by bytes`() throws {
  let ranking = try Ranking(
    [["k6", "b"], ["k10", "b"], ["k6", "a"], ["k6", "Z"]].map {
      Score(candidate: $0, task: "x", replicate: "1", metric: .mcc, outcome: .value(Estimate(0.5)))
    })
  #expect(ranking.rows.map { $0.candidate.joined(separator: ",") } == ["k10,b", "k6,Z", "k6,a", "k6,b"])
}

@Test func `scores that cannot be ranked are refused`() {
  #expect(throws: RankingError.noScores) { try Ranking([]) }
  #expect(throws: RankingError.repeated(candidate: ["a"], task: "x", replicate: "1")) {
    try Ranking([score("a", "x", 1), score("a", "x", 2)])
  }
  #expect(throws: RankingError.mixedMetrics(task: "x", .mcc, .rmse)) {
    try Ranking([score("a", "x", 1), score("b", "x", 2, metric: .rmse)])
  }
}

@Test func `rankings and metrics are decoded as they were encoded`() throws {
  let ranking = try Ranking([score("a", "x", 0.5, low: 0.25, high: 0.75), failure("b", "x")])
  let split = Predictions(probabilities: [0.25, 0.75], labels: [1], classes: 2).metrics(resamples: 10, seed: 0)
  let metrics = Metrics(primary: .mcc, dev: split, test: split)
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  let bytes = try encoder.encode(ranking)
  #expect(try JSONDecoder().decode(Ranking.self, from: bytes) == ranking)
  #expect(try JSONDecoder().decode(Metrics.self, from: encoder.encode(metrics)) == metrics)
  #expect(metrics.higherIsBetter)
}

@Test func `a score is the harmonic mean of results where that is wanted`() throws {
  let scores = [
    score("a", "closed", 0.9), score("a", "open", 0.3), score("b", "closed", 0.6), score("b", "open", 0.6),
    score("c", "closed", 0.99), score("c", "open", -0.1),
  ]
  let ranking = try Ranking(scores, by: .harmonicMean)
  #expect(ranking.rows.map { $0.candidate[0] } == ["b", "a", "c"] && ranking.aggregate == .harmonicMean)
  for (row, value) in zip(ranking.rows, [0.6, 2 * 0.9 * 0.3 / 1.2, 0]) { #expect(abs(row.score! - value) < 1e-12) }
  #expect(try Ranking(scores).aggregate == nil)
  #expect(throws: RankingError.noShare(task: "open", .rmse)) {
    try Ranking(scores.prefix(1) + [score("a", "open", 3, metric: .rmse)], by: .harmonicMean)
  }
}
