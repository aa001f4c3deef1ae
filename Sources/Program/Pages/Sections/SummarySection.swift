import Console
import DataStages
import Events
import PageWriting
import Rankings
import Resolving
import Stores
import TaskStages
import Timelines
import Wording

/// The question, how it came out, and what one must know to believe it.
enum SummarySection {
  static func section(_ run: ReportedRun, _ timeline: Timeline, _ rankings: [RankedResult], places: Bool) -> Section {
    var blocks: [Block] = [.lines([run.state.words(run.past.summary)])]
    for ranking in rankings.prefix(3) { blocks += self.blocks(ranking) }
    if rankings.count > 3 { blocks.append(.lines(["\(Words.count(rankings.count - 3, "ranking")) more below"])) }
    blocks.append(.facts(facts(run, timeline, places: places)))
    return Section("summary", "At a glance", blocks)
  }

  private static func facts(_ run: ReportedRun, _ timeline: Timeline, places: Bool) -> [(String, String)] {
    let count = run.nodes.reduce(0) { $0 + $1.count }
    var facts = [
      ("run", run.past.id),
      ("pipeline", "\(run.past.pipeline) (\(places ? run.past.file : String(Places.name(run.past.file))))"),
      ("steps", "\(Words.grouped(count)) of \(Words.count(run.nodes.count, "stage"))"),
      ("time", "\(Words.seconds(timeline.seconds)) on \(Words.count(timeline.cores, "core"))"),
    ]
    if let settings = run.past.settings, !settings.isEmpty { facts.append(("set", settings.joined(separator: "\n"))) }
    if places {
      facts += [("began", Words.time(run.past.started)), ("store", run.store.root)]
    }
    return facts
  }

  private static func blocks(_ ranked: RankedResult) -> [Block] {
    let document = ranked.document
    guard let best = document.ranking.best else {
      return [.lines(["\(ranked.name): no candidate has a score"])]
    }
    let count = document.ranking.rows.count
    var blocks: [Block] = [
      .headline(
        ranked.words(best.candidate),
        "the first of \(Words.count(count, "candidate")) in \(ranked.name)" + ranked.tied(best))
    ]
    var facts: [(String, String)] = []
    let parameters = ranked.candidates[best.candidate]?.parameters
    if let parameters { facts.append(("parameters", Words.grouped(parameters))) }
    for (index, task) in document.ranking.tasks.enumerated().prefix(12) {
      let name = task.task.isEmpty ? "" : "\(task.task) "
      let test = ranked.candidates[best.candidate]?.test[index]
      facts.append(("\(name)test \(task.metric.rawValue)", RankedResult.words(test)))
      for baseline in document.baselines ?? [] {
        facts.append(("\(name)baseline \(baseline.name)", RankedResult.words(baseline.test[index])))
      }
    }
    if document.ranking.tasks.count > 12 {
      facts.append(("more tasks", "\(document.ranking.tasks.count - 12), in the table of the ranking"))
    }
    blocks.append(.facts(facts))
    blocks.append(.lines(cautions(ranked)))
    return blocks
  }

  private static func cautions(_ ranked: RankedResult) -> [String] {
    let document = ranked.document
    // The headline would be read without them.
    var lines = ArtifactView.notes(document, ranked.axes).filter {
      $0.hasPrefix("the baseline") || $0.contains("tell the baseline")
    }
    let audited = document.audits ?? []
    for audit in audited {
      lines.append(
        "audit of \(audit.task.isEmpty ? "the task" : audit.task): "
          + (audit.findings.isEmpty
            ? "nothing that matters"
            : audit.findings.map { "\($0.severity): \($0.text)" }.joined(separator: "; ")))
    }
    if audited.isEmpty {
      lines.append(
        "No audit of the tasks is in this ranking: a stage 'audit' looks for leaks between splits, contradictions and "
          + "shortcuts, and 'rank' takes it at its port 'audits'")
    }
    if document.baselines == nil {
      lines.append("No baseline stands beside the candidates: 'rank' takes one at its port 'baselines'")
    }
    return lines
  }
}
