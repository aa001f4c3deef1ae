package import Statistics
import Wording

/// How much the results of all combinations of some choices depend on each choice, and on pairs of them.
///
/// Factors are the axes that make candidates, and the task where there are several. The tests are an analysis of
/// variance (`Factorial`) of ranks within tasks (Conover and Iman 1981), which no scale of a metric bends, or of the
/// results themselves; means are in the unit of the metric. Replicates are observations of their own.
package struct Effects: Hashable, Sendable, Codable {
  package enum Response: String, Hashable, Sendable, Codable, CaseIterable {
    case ranks, metric
  }

  /// A choice in which observations vary.
  package struct Factor: Hashable, Sendable, Codable {
    /// nil: the task.
    package let axis: Int?
    package let levels: [Level]
  }

  /// One value of a factor.
  package struct Level: Hashable, Sendable, Codable {
    package let level: String
    /// The mean over all combinations of the others, each counting alike; nil where missing ones leave it open.
    package let mean: Factorial.Interval?
    /// Groups of levels that the data do not tell apart, from 0; nil where a mean is nil.
    package let groups: [Int]?
  }

  /// A test of a factor or of two together.
  package struct Term: Hashable, Sendable, Codable {
    package let test: Factorial.Term
    /// The probability after Holm's correction for all terms.
    package let adjusted: Double?
  }

  /// Means of two factors together.
  package struct Table: Hashable, Sendable, Codable {
    package let factors: [Int]
    /// (levels of the first, levels of the second).
    package let means: [[Factorial.Interval?]]
  }

  package let response: Response
  package let tasks: [Ranking.Task]
  /// The unit of means; nil where tasks have several, and means are in deviations over candidates, more being better.
  package let unit: Metric?
  package let higherIsBetter: Bool
  package let factors: [Factor]
  package let terms: [Term]
  /// Effects that cannot be told from others, for combinations are missing: numbers of factors.
  package let untested: [[Int]]
  package let observations: Int
  package let errorDegrees: Int
  /// Results of the combination that has fewest, and of that which has most.
  package let fewest: Int
  package let most: Int
  /// Combinations of values of the axes that have no result, and those whose step failed.
  package let missing: Int
  package let failures: [String]

  /// Two levels are told apart where the probability, after Holm's correction within the factor, is below.
  package static let level = 0.05

  package let tables: [Table]
}

extension Effects {
  /// - Parameter scores: the ids of candidates are values of axes, as many for each. Throws a `RankingError` for scores
  ///   that cannot be ranked together, and nil for none, or for no factor with two values.
  package init?(_ scores: [Score], response: Response) throws(RankingError) {
    var known: [(score: Score, value: Double)] = []
    var failures: [String] = []
    for score in scores {
      guard case .value(let estimate) = score.outcome, let value = estimate.value, value.isFinite else {
        failures.append(
          (score.candidate + [score.task, score.replicate]).filter { !$0.isEmpty }.joined(separator: ","))
        continue
      }
      known.append((score, value))
    }
    self.failures = failures.sorted { $0.precedesInBytes($1) }
    let width = scores.map(\.candidate.count).max() ?? 0
    guard !known.isEmpty, scores.allSatisfy({ $0.candidate.count == width }) else { return nil }
    // A task on which all failed has no metric of its own.
    let ranking = try Ranking(known.map(\.score))
    (tasks, self.response) = (ranking.tasks, response)
    let metrics = Set(ranking.tasks.map(\.metric))
    unit = metrics.count == 1 ? metrics.first : nil
    let sign: Double = metrics.count == 1 && metrics.first?.higherIsBetter == false ? 1 : -1
    higherIsBetter = sign < 0
    let ids = { (score: Score) in score.candidate + [score.task] }
    // In the order in which the port has them, which is that of the file.
    var levels = [[String]](repeating: [], count: width + 1)
    for one in known {
      for (factor, id) in ids(one.score).enumerated() where !levels[factor].contains(id) { levels[factor].append(id) }
    }
    let used = levels.indices.filter { levels[$0].count > 1 }
    guard used.contains(where: { $0 < width }) else { return nil }
    let rows = known.map { one in used.map { levels[$0].firstIndex(of: ids(one.score)[$0])! } }
    let cells = Dictionary(grouping: rows) { $0 }.mapValues(\.count)
    (fewest, most) = (cells.values.min() ?? 0, cells.values.max() ?? 0)
    missing = used.reduce(1) { $0 * levels[$1].count } - cells.count
    let counts = used.map { levels[$0].count }
    let values = Self.values(known, ranking.tasks, isOfOneMetric: metrics.count == 1)
    let model = Factorial(levels: rows, counts: counts, response: values)
    let tested =
      response == .metric ? model : Factorial(levels: rows, counts: counts, response: Self.ranks(known, ranking.tasks))
    (observations, errorDegrees) = (tested.observations, tested.errorDegrees)
    // Ranks within tasks leave nothing to the task alone.
    let task = used.firstIndex(of: width)
    let own = tested.terms.filter { response == .metric || task == nil || $0.factors != [task!] }
    var adjusted = Holm.adjusted(own.compactMap(\.probability))[...]
    let all =
      used.indices.map { [$0] } + used.indices.flatMap { a in ((a + 1)..<max(a + 1, used.count)).map { [a, $0] } }
    untested = all.filter { term in term != task.map { [$0] } && !tested.terms.contains { $0.factors == term } }
    terms = own.map { Term(test: $0, adjusted: $0.probability == nil ? nil : adjusted.removeFirst()) }
    factors = used.enumerated().map { place, factor in
      let means = levels[factor].indices.map { model.mean([place: $0]) }
      let groups = Self.groups(model, place, means, sign)
      return Factor(
        axis: factor < width ? factor : nil,
        levels: levels[factor].indices.map { level in
          Level(level: levels[factor][level], mean: means[level], groups: groups?[level])
        })
    }
    tables = used.indices.flatMap { a in
      ((a + 1)..<max(a + 1, used.count)).map { b in
        Table(
          factors: [a, b],
          means: (0..<counts[a]).map { x in (0..<counts[b]).map { y in model.mean([a: x, b: y]) } })
      }
    }
  }

  /// Groups of the levels of a factor, the best mean first.
  private static func groups(
    _ model: Factorial, _ factor: Int, _ means: [Factorial.Interval?], _ sign: Double
  ) -> [[Int]]? {
    let known = means.compactMap(\.self)
    guard known.count == means.count else { return nil }
    let order = means.indices.sorted { (sign * known[$0].value, $0) < (sign * known[$1].value, $1) }
    var pairs: [[Int]] = [], probabilities: [Double] = []
    for a in order.indices {
      for b in (a + 1)..<max(a + 1, order.count) {
        guard let difference = model.difference([factor: order[a]], [factor: order[b]]) else { return nil }
        pairs.append([a, b])
        probabilities.append(difference.probability)
      }
    }
    let told = Dictionary(uniqueKeysWithValues: zip(pairs, Holm.adjusted(probabilities)))
    let groups = Letters.groups(order.count) { told[[$0, $1]]! < level }
    var byLevel = groups
    for (place, level) in order.enumerated() { byLevel[level] = groups[place] }
    return byLevel
  }

  /// The results; where tasks have several metrics, standardised within each task over observations.
  private static func values(
    _ known: [(score: Score, value: Double)], _ tasks: [Ranking.Task], isOfOneMetric: Bool
  ) -> [Double] {
    if isOfOneMetric { return known.map(\.value) }
    return byTask(known, tasks) { values, task in
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (squares / Double(values.count)).squareRoot()
      return values.map { deviation > 0 ? (task.higherIsBetter ? 1 : -1) * ($0 - mean) / deviation : 0 }
    }
  }

  /// Ranks within each task, as shares of its observations from 0 to 1; more is better.
  private static func ranks(_ known: [(score: Score, value: Double)], _ tasks: [Ranking.Task]) -> [Double] {
    byTask(known, tasks) { values, task in
      Ranks.of(values.map { task.higherIsBetter ? $0 : -$0 }).map { ($0 - 0.5) / Double(values.count) }
    }
  }

  private static func byTask(
    _ known: [(score: Score, value: Double)], _ tasks: [Ranking.Task], _ body: ([Double], Ranking.Task) -> [Double]
  ) -> [Double] {
    var result = [Double](repeating: 0, count: known.count)
    for task in tasks {
      let places = known.indices.filter { known[$0].score.task == task.task }
      for (place, value) in zip(places, body(places.map { known[$0].value }, task)) { result[place] = value }
    }
    return result
  }
}
