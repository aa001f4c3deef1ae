package import Running
import Space
import Tables
import Wording

/// The plan of a garbage collection, in words.
package struct EvictionText {
  /// Days of which the results of all runs are kept.
  private let keepDays: Int
  private let keepsNewest: Bool
  /// Seconds for which new bytes are kept.
  private let grace: Double

  package init(keepDays: Int, keepsNewest: Bool, grace: Double) {
    self.keepDays = keepDays
    self.keepsNewest = keepsNewest
    self.grace = grace
  }

  /// A table of what goes, and lines about what is kept and why; the table is at most `width` columns wide.
  package func text(_ collection: GarbageCollection, width: Int) -> String {
    let (plan, logs) = (collection.plan, collection.logs)
    var parts: [String] = []
    if plan.items.isEmpty && logs.runs.isEmpty { parts.append("nothing to remove") }
    if !plan.items.isEmpty {
      var table = Table(["goes", "of", "number", "bytes", "to recompute"], numeric: [2, 3, 4])
      for row in EvictionDocument.Row.rows(plan.items) {
        table.add([
          row.what, row.stage ?? "-", "\(row.number)", Words.bytes(row.bytes),
          row.seconds > 0 ? Words.seconds(row.seconds) : "-",
        ])
      }
      let sum = ["total", "", "\(plan.items.count)", Words.bytes(plan.bytes), Words.seconds(plan.seconds)]
      table.add(sum)
      parts.append(table.text(width: width))
    }
    if let newest = logs.runs.first {
      parts.append(
        "logs of \(Words.count(logs.runs.count, "run")) go, \(Words.bytes(logs.bytes)); the newest is \(newest)")
    }
    for reason in Reach.Reason.allCases {
      guard let tally = plan.kept[reason] else { continue }
      let results = tally.results > 0 ? "\(Words.count(tally.results, "result")), " : ""
      parts.append("kept: \(results)\(Words.bytes(tally.bytes)) \(words(reason))")
    }
    if plan.spared.bytes > 0 { parts.append("left: \(Words.bytes(plan.spared.bytes)) more that nobody needs") }
    if plan.missing > 0 {
      parts.append(
        "\(Words.bytes(plan.missing)) short of what was asked for: all else is needed; "
          + "see --keep-days, --no-keep-newest, unpin")
    }
    return parts.joined(separator: "\n")
  }

  private func words(_ reason: Reach.Reason) -> String {
    switch reason {
    case .running: "that running processes need"
    case .pinned: "that pins name"
    case .recent:
      "of runs of the last \(Words.count(keepDays, "day"))" + (keepsNewest ? " and the newest of each pipeline" : "")
    case .history: "that 'why' compares with"
    case .fresh: "made or looked for within \(Words.seconds(grace))"
    }
  }
}
