import Figures
import PageWriting
import Rankings
import Tables
import TaskStages
import Wording

/// Scores against numbers of parameters.
enum ParetoSection {
  private static let rankings = 3
  /// Candidates of the front that stand in its table.
  private static let shown = 50

  static func section(_ rankings: [RankedResult]) -> Section {
    let blocks = RankedResult.blocks(rankings, first: Self.rankings, self.blocks)
    guard !blocks.isEmpty else {
      return .absent("Score and size", "No ranking has two candidates with a score: nothing to hold against size")
    }
    return Section("size", "Score and size", blocks)
  }

  private static func blocks(_ ranked: RankedResult) -> [Block] {
    let scored = ranked.document.scored
    guard scored.count > 1 else { return [] }
    let tasks = ranked.document.ranking.tasks
    let isOneTask = tasks.count == 1
    let points = scored.compactMap { candidate -> ParetoChart.Point? in
      guard let own = ranked.candidates[candidate.candidate] else { return nil }
      let test = own.test.first
      let value = isOneTask ? test?.value : candidate.score
      let interval = isOneTask ? test.flatMap(range) : nil
      return value.map {
        ParetoChart.Point(
          ranked.words(candidate.candidate), cost: Double(own.parameters), score: $0, interval: interval)
      }
    }
    let unit = isOneTask ? "test \(tasks[0].metric.rawValue)" : "score"
    let higherIsBetter = isOneTask ? tasks[0].higherIsBetter : true
    let front = ParetoFront.places(
      costs: points.map(\.cost), scores: points.map(\.score), higherIsBetter: higherIsBetter)
    let chart = ParetoChart(
      "score-and-size", title: "\(ranked.name): \(unit) against parameters",
      cost: Plot.Axis("parameters", .logarithmic), score: Plot.Axis(unit), points: points,
      higherIsBetter: higherIsBetter,
      caption:
        "\(Words.grouped(points.count)) candidates; the staircase joins those of which none is better with as few "
        + "parameters")
    let table = Table(
      ["candidate on the front", "parameters", unit], numeric: [1, 2],
      rows: front.prefix(shown).map { place in
        [points[place].name, Words.grouped(Int(points[place].cost)), Words.fixed(points[place].score, 3)]
      })
    var blocks: [Block] = [
      .figure(
        Drawing(
          "Score against parameters",
          "\(Words.grouped(points.count)) candidates by parameters and \(unit); "
            + "\(Words.count(front.count, "candidate")) on the front.", chart, numbers: table))
    ]
    if isOneTask {
      blocks.append(.lines(["The front is drawn on test, which decides nothing: the ranking is by dev."]))
    }
    if front.count > shown {
      blocks.append(
        .lines(["The table has the first \(shown) of \(Words.grouped(front.count)) on the front, by size."]))
    }
    return blocks
  }

  private static func range(_ estimate: Estimate) -> ClosedRange<Double>? {
    guard let low = estimate.low, let high = estimate.high, low <= high else { return nil }
    return low...high
  }
}
