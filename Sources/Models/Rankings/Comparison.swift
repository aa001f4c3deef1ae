package import Statistics
import Wording

/// All pairs of candidates on the same rows, and what can be said of all together.
package struct Comparison: Hashable, Sendable, Codable {
  /// The place of the chance that a difference must exceed.
  package enum Basis: String, Hashable, Sendable, Codable, CaseIterable {
    /// In the rows, and in the seeds where there are several (`PairedComparison`).
    case rows
    /// In the seeds alone: the signs of the differences by task and seed (`PairedTests.signFlip`).
    case seeds
  }

  /// One candidate that has a value on every task.
  package struct Candidate: Hashable, Sendable, Codable {
    package let candidate: [String]
    /// The mean over tasks of what more is better of, in the unit of the comparison, with its own 95 % interval over
    /// rows, and seeds where there are several; bounds are nil without predictions.
    package let mean: Estimate
    /// The mean of the middle half of all results, one for each task and seed, with an interval by stratified bootstrap
    /// over seeds (Agarwal et al. 2021); nil where tasks have several metrics, bounds nil for one seed.
    package let interquartileMean: Estimate?
    /// Over tasks, 1 the best.
    package let meanRank: Double
    /// By task, in their order: means over seeds.
    package let results: [Estimate]
    /// Seeds of the task that has fewest.
    package let replicates: Int
    /// Numbers of the groups that the candidate is in, from 0: two share one exactly when they are not told apart. nil
    /// where pairs are not known.
    package let groups: [Int]?
  }

  /// Two candidates, by their places in `candidates`.
  package struct Pair: Hashable, Sendable, Codable {
    package let first: Int
    package let second: Int
    /// The first's mean less the second's, with its own 95 % interval; nil where predictions on the same rows are
    /// missing.
    package let difference: Estimate?
    /// By rows, and by seeds: the probability of so large a difference between two that are equal; nil where it cannot
    /// be told.
    package let byRows: Double?
    package let bySeeds: Double?
    /// Wilcoxon's signed-rank test over tasks; nil for fewer than six, which cannot reach 5 %.
    package let byTasks: Double?
    /// The probability of the basis after Holm's correction for all pairs.
    package let adjusted: Double?
    /// Tasks on which the first, and the second, is ahead.
    package let wins: Int
    package let losses: Int
  }

  package let basis: Basis
  /// Two are told apart where the adjusted probability is below.
  package let level: Double
  package let tasks: [Ranking.Task]
  /// The metric in which differences are; nil where tasks have several, and differences are in deviations over
  /// candidates, as in a ranking by mean z-scores.
  package let unit: Metric?
  /// The best mean first.
  package let candidates: [Candidate]
  /// Candidates without a value on every task, and why.
  package let failures: [String]
  /// Candidates with values that are not compared, for there are more than asked for.
  package let left: Int
  package let pairs: [Pair]
  /// Over tasks; nil for fewer than two tasks or three candidates.
  package let friedman: Friedman?

  /// Compares the candidates of `scores`, at most the `most` with the best means.
  /// - Parameter progress: is told how many of how many candidates were compared with all before them; false ends the
  ///   comparison with nil.
  package init?(
    _ scores: [Score], basis: Basis, level: Double, most: Int, progress: (Int, Int) -> Bool
  ) throws(RankingError) {
    let ranking = try Ranking(scores)
    (tasks, self.basis, self.level) = (ranking.tasks, basis, level)
    let metrics = Set(tasks.map(\.metric))
    unit = metrics.count == 1 ? metrics.first : nil
    let weights = tasks.map { task in
      let scale = metrics.count == 1 ? 1 : Ranking.unit(of: task, in: ranking.tasks) ?? .infinity
      return (task.higherIsBetter ? 1 : -1) / scale / Double(ranking.tasks.count)
    }
    let mean = { (row: Ranking.Row) in zip(weights, row.results).reduce(0) { $0 + $1.0 * $1.1.estimate.value! } }
    failures = ranking.rows.filter { $0.score == nil }.map { row in
      row.candidate.joined(separator: ",") + ": " + row.failures.joined(separator: "; ")
    }
    let complete = ranking.rows.filter { $0.score != nil }.map { (row: $0, mean: mean($0)) }.sorted { a, b in
      a.mean != b.mean ? a.mean > b.mean : a.row.candidate.precedesInBytes(b.row.candidate)
    }
    let compared = complete.prefix(most)
    left = complete.count - compared.count
    let groups = Dictionary(grouping: scores, by: \.candidate)
    let runs = compared.map { Runs(groups[$0.row.candidate]!, ranking.tasks.map(\.task), weights) }
    let (own, tests) = (PairedComparison(.weights(weights)), runs.map(\.resampled))
    var pairs: [Pair] = []
    for b in runs.indices {
      guard progress(b, runs.count) else { return nil }
      for a in 0..<b {
        let difference = tests[a].flatMap { first in tests[b].flatMap { own.difference(first, $0) } }
        let gaps = zip(weights, zip(compared[a].row.results, compared[b].row.results)).map { weight, results in
          weight * (results.0.estimate.value! - results.1.estimate.value!)
        }
        pairs.append(
          Pair(
            first: a, second: b, difference: difference?.estimate, byRows: difference?.probability,
            bySeeds: Runs.gaps(runs[a], runs[b]).flatMap { PairedTests.signFlip($0) },
            byTasks: gaps.count > 5 ? PairedTests.signedRank(gaps)?.probability ?? 1 : nil, adjusted: nil,
            wins: gaps.count { $0 > 0 }, losses: gaps.count { $0 < 0 }))
      }
    }
    self.pairs = Self.adjusted(pairs, basis)
    let blocks = tasks.indices.map { task in
      compared.map { weights[task] * $0.row.results[task].estimate.value! }
    }
    friedman = Friedman(blocks)
    let ranks = blocks.map { Ranks.of($0.map(-)) }
    let told = Dictionary(uniqueKeysWithValues: self.pairs.map { ([$0.first, $0.second], $0.adjusted) })
    let isKnown = self.pairs.allSatisfy { $0.adjusted != nil }
    let letters = isKnown ? Letters.groups(runs.count) { told[[$0, $1]]!! < level } : nil
    let isOfOneMetric = metrics.count == 1
    candidates = compared.indices.map { place in
      let (row, mean) = compared[place]
      return Candidate(
        candidate: row.candidate, mean: tests[place].flatMap(own.sum) ?? Estimate(mean),
        interquartileMean: isOfOneMetric ? runs[place].interquartileMean : nil,
        meanRank: ranks.reduce(0) { $0 + $1[place] } / Double(ranks.count), results: row.results.map(\.estimate),
        replicates: row.results.map(\.replicates).min() ?? 0, groups: letters?[place])
    }
  }

  /// Pairs with probabilities for the number of all that have one.
  private static func adjusted(_ pairs: [Pair], _ basis: Basis) -> [Pair] {
    let own = pairs.map { basis == .rows ? $0.byRows : $0.bySeeds }
    var adjusted = Holm.adjusted(own.compactMap(\.self))[...]
    return zip(pairs, own).map { pair, probability in
      Pair(
        first: pair.first, second: pair.second, difference: pair.difference, byRows: pair.byRows,
        bySeeds: pair.bySeeds, byTasks: pair.byTasks, adjusted: probability == nil ? nil : adjusted.removeFirst(),
        wins: pair.wins, losses: pair.losses)
    }
  }
}
