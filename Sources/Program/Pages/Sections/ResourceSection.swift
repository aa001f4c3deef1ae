import PageWriting
import Plans
import Syntax
import Tables
import Timelines
import Wording

/// The resources that the steps of each stage were given, and those that they used.
enum ResourceSection {
  static func section(_ run: ReportedRun, _ timeline: Timeline) -> Section {
    let uses = timeline.nodes
    guard !uses.isEmpty else {
      return .absent("Resources", "No step was started, and so none used anything")
    }
    let totals = RunTotals(timeline)
    var facts = [
      ("core time offered", Words.seconds(totals.offered)),
      ("core time held by steps", part(totals.held, of: totals.offered)),
      ("of that without a result", Words.seconds(totals.wasted)),
    ]
    facts.append(
      (
        "CPU time used, of what was held",
        totals.cpuSeconds.map { part($0, of: totals.heldByTelling) } ?? "not in this log"
      ))
    let table = Table(
      [
        "stage", "steps", "cores asked", "cores given", "time", "longest", "CPU", "CPU of held", "memory asked",
        "peak memory", "read", "written",
      ], numeric: Set(1..<12),
      rows: uses.map { use in
        let asked = run.nodes.first { $0.name == use.node }?.planned?.resources
        return [
          use.node, Words.grouped(use.steps) + (use.attempts > use.steps ? " (\(use.attempts) attempts)" : ""),
          asked.flatMap(\.cores).map(Words.grouped) ?? "-", Words.grouped(use.threads), Words.seconds(use.seconds),
          Words.seconds(use.longest), use.cpuSeconds.map(Words.seconds) ?? "-",
          use.efficiency.map { "\(Words.fixed(100 * $0, 0)) %" } ?? "-",
          asked.flatMap(\.memory).map(Words.bytes) ?? "-", use.peakMemory.map(Words.bytes) ?? "-",
          use.bytesRead.map(Words.bytes) ?? "-", use.bytesWritten.map(Words.bytes) ?? "-",
        ]
      })
    return Section(
      "resources", "Resources",
      [
        .facts(facts), .table("Used against asked for, by stage", table),
        .lines(["A dash: the pipeline asks for nothing, or the log does not tell. Bytes are those of system calls."]),
      ])
  }

  private static func part(_ seconds: Double, of all: Double) -> String {
    Words.seconds(seconds) + (all > 0 ? " (\(Words.fixed(100 * seconds / all, 0)) %)" : "")
  }
}
