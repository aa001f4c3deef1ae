import Figures
import PageWriting
import Tables
import Resolving
import Timelines
import Wording

/// When steps ran, how many at a time, and which of them the end of the run waited for.
enum TimeSection {
  /// Links of a chain that are shown.
  private static let links = 50

  static func section(_ run: ReportedRun, _ timeline: Timeline) throws -> Section {
    guard !timeline.spans.isEmpty else {
      return .absent("Time", "No step was started: all results were there before, or none was asked for")
    }
    var blocks: [Block] = []
    let (concurrency, totals) = (Concurrency(timeline), RunTotals(timeline))
    blocks.append(
      .facts([
        ("from beginning to end", Words.seconds(timeline.seconds)),
        (
          "attempts",
          StepSpan.Outcome.allCases.compactMap { outcome in
            totals.attempts[outcome].map { "\(Words.grouped($0)) \(outcome.rawValue)" }
          }.joined(separator: ", ")
        ),
        ("most steps at a time", Words.grouped(concurrency.mostRunning)),
        (
          "most steps ready and waiting",
          concurrency.tellsWaiting ? Words.grouped(concurrency.mostWaiting) : "not logged"
        ),
      ]))
    blocks += pictures(timeline, concurrency)
    blocks += try path(run, timeline)
    return Section("time", "Time", blocks)
  }

  private static func pictures(_ timeline: Timeline, _ concurrency: Concurrency) -> [Block] {
    let kinds = StepSpan.Outcome.allCases
    let bars = timeline.spans.map { span in
      TimelineChart.Bar(
        timeline.steps[span.step].address, start: span.start, end: span.end,
        kind: kinds.firstIndex(of: span.outcome) ?? 0)
    }
    let present = kinds.indices.filter { kind in bars.contains { $0.kind == kind } }
    let chart = TimelineChart(
      "timeline", title: "attempts at steps over time",
      bars: bars.map { bar in
        TimelineChart.Bar(bar.name, start: bar.start, end: bar.end, kind: present.firstIndex(of: bar.kind) ?? 0)
      }, kinds: present.map { kinds[$0].rawValue }, seconds: timeline.seconds,
      caption: "\(Words.count(bars.count, "attempt")), in as many lanes as there were at a time")
    let levels = concurrency.levels
    let lanes = ConcurrencyChart(
      "concurrency", title: "cores in use, and steps that wait", times: levels.map(\.time),
      running: levels.map(\.cores),
      waiting: concurrency.tellsWaiting ? levels.map(\.waiting) : nil, unit: "cores",
      limit: timeline.cores > 0 ? ("cores of the run", timeline.cores) : nil, seconds: timeline.seconds)
    let table = Table(
      ["steps at a time", "for"], numeric: [0, 1],
      rows: concurrency.secondsByRunning.enumerated().filter { $0.element > 0 }.map {
        [Words.grouped($0.offset), Words.seconds($0.element)]
      })
    return [
      .figure(
        Drawing(
          "Timeline",
          "A bar for each of \(Words.count(bars.count, "attempt")) from its start to its end, coloured by how "
            + "it ended; the table of all steps has their numbers.", chart)),
      .figure(
        Drawing(
          "Concurrency",
          "Cores in use over time, at most \(levels.map(\.cores).max() ?? 0) of \(timeline.cores), and below it how "
            + "many steps were ready and waited.", lanes, numbers: table)),
    ]
  }

  private static func path(_ run: ReportedRun, _ timeline: Timeline) throws -> [Block] {
    let path = CriticalPath(timeline, sources: try Dependencies(timeline.steps, in: run.store).sources)
    let address = { (span: Int) in timeline.steps[timeline.spans[span].step].address }
    let shown = path.chain.count <= links ? path.chain : Array(path.chain.suffix(links))
    let table = Table(
      ["step", "waited", "took", "less time with unlimited cores, had it taken none"], numeric: [1, 2, 3],
      rows: shown.map { link in
        [
          address(link.span), Words.seconds(link.wait), Words.seconds(link.seconds),
          Words.seconds(path.improvement[link.span]),
        ]
      })
    let isOver = run.past.summary != nil
    var lines = [
      (isOver ? "The end of the run" : "The last step so far")
        + " waited for these steps, one after the other. With unlimited cores, and each step as long as it was, "
        + (isOver ? "the run would have taken" : "as much would have taken")
        + " at least \(Words.seconds(path.unlimited)) instead of \(Words.seconds(timeline.seconds))."
    ]
    if shown.count < path.chain.count {
      lines.append("The last \(shown.count) of \(Words.grouped(path.chain.count)) steps are shown.")
    }
    return [.table("Critical path", table), .lines(lines)]
  }
}
