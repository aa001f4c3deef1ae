import Wording

extension Ranking {
  /// Ranks the candidates of `scores`, whose order is irrelevant. A value that is nil or not finite counts as a
  /// failure; a candidate with no score on a task that others have is incomplete; candidates may differ in their
  /// replicates.
  package init(_ scores: [Score], by aggregate: Aggregate = .meanZ) throws(RankingError) {
    guard !scores.isEmpty else { throw .noScores }
    let metrics = try Self.metrics(scores)
    let tasks = metrics.keys.sorted { $0.precedesInBytes($1) }
    if aggregate == .harmonicMean, let task = tasks.first(where: { !metrics[$0]!.higherIsBetter }) {
      throw .noShare(task: task, metrics[task]!)
    }
    let candidates = try Self.collect(scores, tasks: tasks)
    let complete = candidates.filter(\.failures.isEmpty)
    let summaries = tasks.enumerated().map { index, task in
      Self.summary(task, metrics[task]!, complete.map { $0.results[index].estimate.value! })
    }
    let scored = candidates.map { $0.scored(summaries, aggregate) }.sorted { a, b in
      switch (a.score, b.score) {
      case (let x?, let y?) where x != y: x > y
      case (_?, nil): true
      case (nil, _?): false
      default: a.ids.precedesInBytes(b.ids)
      }
    }
    let groups = Dictionary(grouping: scores, by: \.candidate)
    let first = scored.first.flatMap { $0.score == nil ? nil : ResampledCandidate(groups[$0.ids]!, on: tasks) }
    let (comparison, level) = (PairedComparison(summaries, aggregate), PairedComparison.level(ofBest: complete.count))
    let rows = scored.enumerated().map { index, candidate in
      let own = candidate.score == nil ? nil : ResampledCandidate(groups[candidate.ids]!, on: tasks)
      let difference = first.flatMap { first in own.flatMap { comparison.difference(first, $0) } }
      return Row(
        rank: index + 1, candidate: candidate.ids, score: candidate.score, behind: difference?.estimate,
        isTied: difference.map { $0.probability >= level }, results: candidate.results, failures: candidate.failures)
    }
    self.init(aggregate, tasks: summaries, rows: rows)
  }

  private static func metrics(_ scores: [Score]) throws(RankingError) -> [String: Metric] {
    var metrics: [String: Metric] = [:]
    for score in scores {
      let known = metrics.updateValue(score.metric, forKey: score.task)
      if let known, known != score.metric {
        let pair = [known, score.metric].sorted { $0.rawValue < $1.rawValue }
        throw .mixedMetrics(task: score.task, pair[0], pair[1])
      }
    }
    return metrics
  }

  private static func summary(_ task: String, _ metric: Metric, _ values: [Double]) -> Task {
    guard let low = values.min(), let high = values.max() else {
      return Task(
        task: task, metric: metric, higherIsBetter: metric.higherIsBetter, mean: nil, deviation: nil, hasSpread: false)
    }
    // The spread is judged by the extremes: the mean of equal values may be rounded.
    let mean = low == high ? low : values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / Double(values.count)).squareRoot()
    return Task(
      task: task, metric: metric, higherIsBetter: metric.higherIsBetter, mean: mean, deviation: deviation,
      hasSpread: deviation > 0)
  }

  /// Candidates sorted by ids, each with a result on every task, in their order.
  private static func collect(_ scores: [Score], tasks: [String]) throws(RankingError) -> [Candidate] {
    let grouped = Dictionary(grouping: scores, by: \.candidate)
    var candidates: [Candidate] = []
    for ids in grouped.keys.sorted(by: { $0.precedesInBytes($1) }) {
      let byTask = Dictionary(grouping: grouped[ids]!, by: \.task)
      var results: [Result] = [], failures: [String] = []
      for task in tasks {
        let rows = (byTask[task] ?? []).sorted { $0.replicate.precedesInBytes($1.replicate) }
        for (a, b) in zip(rows, rows.dropFirst()) where a.replicate == b.replicate {
          throw .repeated(candidate: ids, task: task, replicate: a.replicate)
        }
        if rows.isEmpty { failures.append(task.isEmpty ? "no score" : "no score on task \(task)") }
        failures += rows.compactMap { failure(of: $0) }
        results.append(result(task, rows))
      }
      candidates.append(Candidate(ids: ids, results: results, failures: failures, score: nil))
    }
    return candidates
  }

  private static func failure(of score: Score) -> String? {
    let names = [("task", score.task), ("replicate", score.replicate)].filter { !$0.1.isEmpty }
    let place = names.map { "\($0.0) \($0.1)" }.joined(separator: ", ") + (names.isEmpty ? "" : ": ")
    switch score.outcome {
    case .failed(let reason): return place + reason
    case .value(let estimate):
      guard let value = estimate.value else { return "\(place)\(score.metric.rawValue) is undefined" }
      return value.isFinite ? nil : "\(place)\(score.metric.rawValue) is not finite"
    }
  }

  private static func result(_ task: String, _ rows: [Score]) -> Result {
    let estimates = rows.compactMap { row -> Estimate? in
      guard case .value(let estimate) = row.outcome, let value = estimate.value, value.isFinite else { return nil }
      return estimate
    }
    let values = estimates.compactMap(\.value), lows = estimates.compactMap(\.low), highs = estimates.compactMap(\.high)
    let bounded = lows.count == values.count && highs.count == values.count
    let center = mean(values)
    return Result(
      task: task, estimate: Estimate(center, low: bounded ? mean(lows) : nil, high: bounded ? mean(highs) : nil),
      z: nil,
      deviation: center.flatMap { deviation(values, $0) }, replicates: values.count)
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  private static func deviation(_ values: [Double], _ mean: Double) -> Double? {
    guard values.count > 1 else { return nil }
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }
}

/// A row of a ranking before it has a rank.
private struct Candidate {
  let ids: [String]
  var results: [Ranking.Result]
  let failures: [String]
  var score: Double?

  /// This candidate with its z-scores and score, if it is complete.
  func scored(_ tasks: [Ranking.Task], _ aggregate: Ranking.Aggregate) -> Candidate {
    guard failures.isEmpty else { return self }
    var copy = self
    copy.results = zip(results, tasks).map { result, task in
      let sign = task.higherIsBetter ? 1.0 : -1.0
      let z = task.hasSpread ? sign * (result.estimate.value! - task.mean!) / task.deviation! : 0
      return Ranking.Result(
        task: result.task, estimate: result.estimate, z: z, deviation: result.deviation, replicates: result.replicates)
    }
    copy.score =
      aggregate.score(of: results.map { $0.estimate.value! }, on: tasks)
      ?? copy.results.reduce(0) { $0 + $1.z! } / Double(tasks.count)
    return copy
  }
}
