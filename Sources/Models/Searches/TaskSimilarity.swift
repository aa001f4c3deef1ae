import Randomness
package import Rankings
import Statistics

/// How far tasks prefer the same architectures, by the results of one search on all of them (BioArc, arXiv 2512.00283).
package struct TaskSimilarity: Hashable, Sendable, Codable {
  /// Two tasks, by their places.
  package struct Pair: Hashable, Sendable, Codable {
    package let first: Int
    package let second: Int
    /// Spearman's correlation of the results of all candidates, with a bootstrap interval over candidates; nil where a
    /// task has no spread.
    package let correlation: Estimate
    /// The probability of a correlation as far from 0 when candidates are exchanged at random, and after Holm's
    /// correction for all pairs; nil as the correlation.
    package let probability: Double?
    package let adjusted: Double?
    /// Candidates that are among the top of both tasks, how many would be by chance, and the probability of as many or
    /// more (hypergeometric).
    package let shared: Int
    package let expected: Double
    package let sharedProbability: Double
    /// How alike the top of one task is to that of the other: of each architecture to its most similar one there, mean
    /// over both; and the probability of as much between two random sets as large.
    package let structure: Double
    package let structureProbability: Double
  }

  /// Ids.
  package let tasks: [String]
  package let candidates: Int
  /// The size of a top.
  package let top: Int
  /// How alike two random sets of candidates are, mean and 95 % of draws.
  package let chance: Estimate
  package let pairs: [Pair]
  /// Places of tasks whose top ends among equal results, of which chance has drawn some.
  package let drawn: [Int]
  /// The places of tasks in an order in which alike ones lie side by side: average linkage by 1 - correlation.
  package let order: [Int]

  /// Draws of permutations and of random sets.
  package static let draws = 5_000

  /// - Parameters:
  ///   - results: (tasks, candidates): more is better.
  ///   - similarity: (candidates, candidates): how alike two architectures are.
  ///   - share: of candidates that are a top; at least two are.
  ///   - isInterrupted: is asked between pairs; then the result is nil.
  package init?(
    tasks: [String], results: [[Double]], similarity: [[Double]], share: Double, isInterrupted: () -> Bool
  ) {
    let count = results[0].count
    let top = min(count, max(2, Int((share * Double(count)).rounded())))
    let tops = results.enumerated().map { task, values in TopPlaces.of(values, top, round: task) }
    let random = Philox(seed: 0, stream: .permutations)
    var chance: [Double] = []
    for draw in 0..<Self.draws {
      if draw % 100 == 0, isInterrupted() { return nil }
      let sets = [0, 1].map { Self.drawn(top, of: count, random, 2 * draw + $0) }
      chance.append(Self.likeness(sets[0], sets[1], similarity))
    }
    var pairs: [Pair] = []
    for a in tasks.indices {
      for b in (a + 1)..<max(a + 1, tasks.count) {
        if isInterrupted() { return nil }
        let shared = Set(tops[a]).intersection(tops[b]).count
        let structure = Self.likeness(tops[a], tops[b], similarity)
        let correlation = RankCorrelation(results[a], results[b])
        pairs.append(
          Pair(
            first: a, second: b, correlation: correlation.estimate, probability: correlation.probability, adjusted: nil,
            shared: shared, expected: Double(top * top) / Double(count),
            sharedProbability: Tail.hypergeometric(shared, drawn: top, marked: top, of: count), structure: structure,
            structureProbability: Double(1 + chance.count { $0 >= structure - 1e-12 }) / Double(1 + chance.count)))
      }
    }
    var adjusted = Holm.adjusted(pairs.compactMap(\.probability))[...]
    self.pairs = pairs.map { $0.adjusted(to: $0.probability == nil ? nil : adjusted.removeFirst()) }
    (self.tasks, candidates, self.top) = (tasks, count, top)
    drawn = results.indices.filter { TopPlaces.isDrawn(results[$0], top) }
    self.chance = Bootstrap.estimate(chance.reduce(0, +) / Double(chance.count), chance, of: Self.draws)
    var distances = [[Double]](repeating: [Double](repeating: 0, count: tasks.count), count: tasks.count)
    for pair in pairs {
      let distance = 1 - (pair.correlation.value ?? 0)
      (distances[pair.first][pair.second], distances[pair.second][pair.first]) = (distance, distance)
    }
    order = AverageLinkage(distances).order
  }

  /// So many of `count`, drawn without replacement: the first places of a permutation.
  private static func drawn(_ size: Int, of count: Int, _ random: Philox, _ round: Int) -> [Int] {
    var order = Array(0..<count)
    for place in 0..<size {
      order.swapAt(place, place + random.integer(below: count - place, place, round, 1))
    }
    return Array(order[..<size])
  }

  private static func likeness(_ a: [Int], _ b: [Int], _ similarity: [[Double]]) -> Double {
    let nearest = { (from: [Int], to: [Int]) in
      from.reduce(0.0) { sum, one in sum + to.reduce(0.0) { max($0, similarity[one][$1]) } } / Double(from.count)
    }
    return (nearest(a, b) + nearest(b, a)) / 2
  }
}

extension TaskSimilarity.Pair {
  fileprivate func adjusted(to adjusted: Double?) -> TaskSimilarity.Pair {
    .init(
      first: first, second: second, correlation: correlation, probability: probability, adjusted: adjusted,
      shared: shared, expected: expected, sharedProbability: sharedProbability, structure: structure,
      structureProbability: structureProbability)
  }
}
