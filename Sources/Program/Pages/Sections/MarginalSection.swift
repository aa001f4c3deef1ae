import Figures
import PageWriting
import Rankings
import Searches
import Spaces
import StudyStages
import Tables
import TaskStages
import Wording

/// Mean results by the levels of what candidates are made of, beside the tests that a stage `effects` has made.
enum MarginalSection {
  private static let rankings = 2

  static func section(_ run: ReportedRun, _ rankings: [RankedResult]) -> Section {
    var blocks = RankedResult.blocks(rankings, first: Self.rankings, self.blocks)
    let (effects, count) = run.outputs([.effects], limit: 4)
    blocks += ViewBlocks.all(effects, of: count, run, rule: "spread over the steps")
    let (patterns, others) = run.outputs([.patterns], limit: 4)
    blocks += ViewBlocks.all(patterns, of: others, run, rule: "spread over the steps")
    guard !blocks.isEmpty else {
      return .absent(
        "Effects of choices",
        "No choice has several values with several candidates each; a ranking of more candidates would show its effect")
    }
    return Section("effects", "Effects of choices", blocks)
  }

  private static func blocks(_ ranked: RankedResult) -> [Block] {
    let scored = ranked.document.scored
    let tasks = ranked.document.ranking.tasks
    guard scored.count > 2 else { return [] }
    let isOneTask = tasks.count == 1
    let values = scored.map { isOneTask ? $0.results[0] * (tasks[0].higherIsBetter ? 1 : -1) : $0.score }
    let unit = isOneTask ? "dev \(tasks[0].metric.rawValue)" : "score"
    let names = ranked.names ?? []
    let axes = names.enumerated().map { place, name in
      (name: name, levels: scored.map { Optional($0.candidate[place]) })
    }
    let architectures = scored.map { try? Architecture(parsing: $0.architecture) }
    let means = MarginalMeans(axes + MarginalMeans.ofArchitectures(architectures), values)
    let shown = means.factors.filter { $0.levels.count <= levels }
    guard !shown.isEmpty else { return [] }
    let chart = IntervalChart(
      "marginal-means", title: "mean \(unit) of the candidates with a value, \(ranked.name)", axis: unit,
      groups: shown.map { factor in
        IntervalChart.Group(
          factor.name,
          factor.levels.map { level in
            IntervalChart.Row(
              level.name, level.mean, level.pair.isEmpty ? level.interval : nil, points: level.pair,
              note: "n = \(Words.grouped(level.count))")
          }
        )
      },
      caption: "intervals of 95 % of each mean by itself (Student), of two candidates their values as crosses; "
        + "values of other choices may go along")
    let table = Table(
      ["choice", "value", "candidates", "mean \(unit)", "95 % interval, or two values"], numeric: [2, 3],
      rows: shown.flatMap { factor in
        factor.levels.map { level in
          [
            factor.name, level.name, Words.grouped(level.count), Words.fixed(level.mean, 3),
            span(level),
          ]
        }
      })
    var lines = [
      "Means over the candidates that have a value of a choice. They describe these candidates and test nothing: a "
        + "stage 'effects' tests choices and pairs of them."
    ]
    let left = means.factors.filter { $0.levels.count > levels }.map { "\($0.name) (\($0.levels.count) values)" }
    if !left.isEmpty { lines.append("left out, with more than \(levels) values: \(left.joined(separator: ", "))") }
    return [
      .lines(lines),
      .figure(
        Drawing(
          "Mean \(unit) by choice", "For each value of each choice the mean over its candidates, with its interval.",
          chart, numbers: table)),
    ]
  }

  private static func span(_ level: MarginalMeans.Level) -> String {
    guard level.pair.isEmpty else { return level.pair.map { Words.fixed($0, 3) }.joined(separator: " and ") }
    return level.interval.map { "\(Words.fixed($0.lowerBound, 3)) to \(Words.fixed($0.upperBound, 3))" } ?? "-"
  }

  /// Values that a choice may have to be shown.
  private static let levels = 24
}
