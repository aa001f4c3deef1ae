import Events
import Explaining
import PageWriting
import Plans
import Reports
import Resolving
import Tables
import Wording

/// The edits since the run before, and why each step ran.
enum ChangesSection {
  /// Changed steps of a stage that are looked at.
  private static let looked = 1000

  static func section(_ run: ReportedRun) throws -> Section {
    var blocks: [Block] = []
    if let earlier = run.earlier {
      let history = History(store: run.store)
      let old = Snapshot.of(earlier, history, plan: run.earlierPlan).snapshot
      let new = Snapshot.of(run.past, history, plan: run.plan).snapshot
      let diff = try SnapshotDiff(from: old, to: new, in: run.store, looked: looked)
      blocks += edits(diff, earlier) + [steps(diff)]
      let texts = [run.plan, run.earlierPlan]
      if texts.contains(where: { $0 == nil }) {
        blocks.append(
          .lines(["The text of one of the two runs is not known: edits of wires and inputs cannot be told."]))
      }
    } else {
      blocks.append(
        .lines([
          "No earlier run of this pipeline is in the store, with which it could be compared. A step ran where the "
            + "store had no result under its key."
        ]))
    }
    let told = run.startReasons
    if !told.isEmpty {
      blocks.append(
        .table(
          "Reasons to start that the log gives beside a new key",
          Table(["reason to start", "steps", "first of them"], numeric: [1], rows: told)))
    }
    return Section("changes", "Edits, and why steps ran", blocks)
  }

  private static func edits(_ diff: SnapshotDiff, _ earlier: PastRun) -> [Block] {
    var rows = diff.nodes.flatMap { node -> [[String]] in
      let count = node.onlyOld + node.onlyNew
      let axes = node.axes.map { axis in
        let parts = [
          axis.gone.isEmpty ? nil : "gone: \(axis.gone.joined(separator: ", "))",
          axis.new.isEmpty ? nil : "new: \(axis.new.joined(separator: ", "))",
        ].compactMap(\.self)
        return [node.name, "axis \(axis.name)   \(parts.joined(separator: "; "))", Words.grouped(count)]
      }
      if node.old == nil { return [[node.name, "a new stage", Words.grouped(count + node.waiting)]] }
      if node.new == nil { return [[node.name, "the stage is gone", Words.grouped(count)]] }
      return (node.isRenamed ? [[node.name, "was named \(node.old ?? "")", "0"]] : []) + axes
    }
    rows += diff.edits.map { [$0.node, ReasonText.words($0.change), Words.grouped($0.steps.count)] }
    guard !rows.isEmpty else {
      return [.lines(["No edit since run \(earlier.id) in the steps whose keys both runs know."])]
    }
    return [
      .lines(["Edits since run \(earlier.id):"]),
      .table("Edits", Table(["stage", "edit", "steps"], numeric: [2], rows: rows)),
    ]
  }

  private static func steps(_ diff: SnapshotDiff) -> Block {
    let columns: [(name: String, count: (SnapshotDiff.Node) -> Int)] = [
      ("same key", \.same), ("another key", \.changed), ("of these equal results", \.equal), ("gone", \.onlyOld),
      ("new", \.onlyNew), ("no key in this run", \.waiting), ("not known before", \.unknown),
      ("not looked at", \.unlooked),
    ]
    let rows = diff.nodes.map { node in
      [node.name] + columns.map { column in column.count(node) == 0 ? "." : Words.grouped(column.count(node)) }
    }
    return .table(
      "Why steps ran: their keys beside those of the run before",
      Table(["stage"] + columns.map(\.name), numeric: Set(1...columns.count), rows: rows))
  }
}
