import Artifacts
import DataStages
import Inputs
import PageWriting
import Plans
import Rankings
import Tables
import TaskStages
import Wording

/// The rankings of a run, a row for each candidate, and its baselines beside them.
enum RankingSection {
  static func section(_ run: ReportedRun, _ rankings: (found: [RankedResult], of: Int)) -> Section {
    guard !rankings.found.isEmpty else {
      let isPlanned = run.nodes.contains { node in
        node.planned?.declaration.outputs.contains { $0.kind == .ranking } ?? false
      }
      return .absent(
        "Ranking",
        isPlanned
          ? "No ranking: the stage that ranks has no result in this run, or its bytes are gone"
          : "No ranking: a stage 'rank' orders candidates by their scores on tasks")
    }
    var blocks: [Block] = []
    if rankings.found.count < rankings.of {
      blocks.append(.lines(["\(rankings.found.count) of \(rankings.of) rankings are shown, spread over their steps"]))
    }
    for (index, ranked) in rankings.found.enumerated() {
      blocks.append(.rows(rows(ranked, "ranking-\(index + 1)")))
      if let baselines = ranked.document.baselines {
        blocks.append(.table("Baselines beside \(ranked.name)", table(baselines, ranked)))
      }
      let notes = ArtifactView.notes(ranked.document, ranked.axes)
      if !notes.isEmpty { blocks.append(.text("How to read \(ranked.name)", notes.joined(separator: "\n"))) }
    }
    blocks.append(
      .lines(["Numbers are rounded to the digits that are shown; 'bioarc show --json' has them as they were computed."])
    )
    return Section("ranking", "Ranking", blocks)
  }

  /// A row for each candidate, in the order of rank.
  static func rows(_ ranked: RankedResult, _ id: String) -> RowTable {
    let rows = ranked.document.ranking.rows
    let candidates = rows.map { ranked.candidates[$0.candidate] }
    var columns = [RowTable.Column("rank", rows.map { Double($0.rank) }, digits: 0)]
    if rows.contains(where: { $0.isTied != nil }) {
      columns.append(
        RowTable.Column(
          "first?", rows.map { $0.rank == 1 ? "first" : $0.isTied.map { $0 ? "not told apart" : "behind" } ?? "-" }))
    }
    if let names = ranked.names {
      for (place, name) in names.enumerated() {
        columns.append(RowTable.Column(name, rows.map { $0.candidate[place] }))
      }
    } else {
      columns.append(RowTable.Column("candidate", rows.map { $0.candidate.joined(separator: ",") }))
    }
    columns += [
      RowTable.Column("parameters", candidates.map { $0.map { Double($0.parameters) } }, digits: 0),
      RowTable.Column("score", rows.map(\.score), digits: 3),
    ]
    for (index, task) in ranked.document.ranking.tasks.enumerated() {
      let (prefix, metric) = (task.task.isEmpty ? "" : task.task + " ", task.metric.rawValue)
      let tests = candidates.map { $0?.test[index] }
      let results = rows.map { index < $0.results.count ? $0.results[index].estimate.value : nil }
      columns += [
        RowTable.Column("\(prefix)dev \(metric)", results, digits: 3),
        RowTable.Column("\(prefix)test \(metric)", tests.map { $0?.value }, digits: 3),
        RowTable.Column("\(prefix)low", tests.map { $0?.low }, digits: 3),
        RowTable.Column("\(prefix)high", tests.map { $0?.high }, digits: 3),
      ]
    }
    if rows.contains(where: { !$0.failures.isEmpty }) {
      columns.append(RowTable.Column("why no score", rows.map { $0.failures.first ?? "" }))
    }
    return RowTable(id, "\(ranked.name): \(Words.count(rows.count, "candidate"))", columns)
  }

  private static func table(_ baselines: [RankingDocument.Baseline], _ ranked: RankedResult) -> Table {
    let tasks = ranked.document.ranking.tasks
    let measures = tasks.map { "\($0.task.isEmpty ? "" : $0.task + " ")test \($0.metric.rawValue) (95 % interval)" }
    return Table(
      ["baseline", "parameters", "score", "beside the first candidate"] + measures, numeric: [1, 2],
      rows: baselines.map { baseline in
        [
          baseline.name, baseline.parameters.map(Words.grouped) ?? "-",
          baseline.score.map { Words.fixed($0, 3) } ?? baseline.failures.first ?? "-", standing(baseline, ranked),
        ] + baseline.test.map { RankedResult.words($0) }
      })
  }

  private static func standing(_ baseline: RankingDocument.Baseline, _ ranked: RankedResult) -> String {
    if baseline.isTied == true { return "the data do not tell them apart" }
    guard let own = baseline.score, let best = ranked.document.ranking.best?.score else { return "-" }
    return own > best ? "ahead" : "behind"
  }
}
