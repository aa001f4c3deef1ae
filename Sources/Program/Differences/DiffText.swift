import Explaining
import Rankings
import Reports
package import Tables
import Wording

/// A diff in words and tables: for a terminal, or in Markdown.
package struct DiffText {
  /// One part: lines, then a table.
  package struct Part {
    package let title: String?
    package var lines: [String] = []
    package var table: Table?
  }

  package let parts: [Part]
  /// Edits that are shown if not all are.
  private static let edits = 40

  /// - Parameters:
  ///   - showsAll: whether stages without a difference and small differences of scores are shown too.
  ///   - limit: rows of a table of scores that are shown else.
  package init(_ diff: PipelineDiff, showsAll: Bool, limit: Int = 10) {
    var parts = [Part(title: nil, lines: ["\(diff.old) -> \(diff.new)" + (diff.differs ? "" : ": nothing differs")])]
    if !diff.divergences.isEmpty { parts.insert(Part(title: "divergences", lines: diff.divergences), at: 0) }
    let edits = diff.steps.edits
    if !edits.isEmpty {
      parts.append(
        Part(
          title: "edits",
          lines: edits.prefix(showsAll ? edits.count : Self.edits).map { edit in
            let steps = edit.steps.count == 1 ? edit.steps[0] : "\(edit.steps.count) steps"
            return "\(edit.node): \(ReasonText.words(edit.change))  in \(steps)"
          } + (showsAll || edits.count <= Self.edits ? [] : ["and \(edits.count - Self.edits) more; --all shows all"])))
    }
    if let part = Self.stages(diff.steps.nodes, showsAll: showsAll) { parts.append(part) }
    parts += diff.scores.map { Self.scores($0, limit: showsAll ? .max : limit) }
    parts += diff.rankings.map(Self.ranking)
    if diff.costs.oldSeconds > 0 { parts.append(Self.costs(diff)) }
    if !diff.notes.isEmpty { parts.append(Part(title: "notes", lines: diff.notes)) }
    self.parts = parts
  }

  private static func stages(_ nodes: [SnapshotDiff.Node], showsAll: Bool) -> Part? {
    let shown = nodes.filter { showsAll || $0.differs || $0.waiting + $0.unknown > 0 }
    let same = nodes.count - shown.count
    let axes = nodes.flatMap { node in
      node.axes.map { axis in
        let parts = [
          axis.gone.isEmpty ? nil : "gone: " + list(axis.gone), axis.new.isEmpty ? nil : "new: " + list(axis.new),
        ].compactMap(\.self)
        return "\(node.name), axis \(axis.name): \(parts.joined(separator: "; "))"
      }
    }
    let lines = axes + (same > 0 ? ["\(Words.count(same, "stage")) without a difference"] : [])
    guard !shown.isEmpty else { return lines.isEmpty ? nil : Part(title: "steps", lines: lines) }
    var table = Table(
      ["stage", "same", "changed", "with equal results", "gone", "new", "waiting", "not known then"],
      numeric: Set(1...7))
    for node in shown {
      let name = node.isRenamed ? "\(node.old ?? "") -> \(node.name)" : node.name
      let state = node.old == nil ? " (new)" : node.new == nil ? " (gone)" : ""
      let counts = [node.same, node.changed, node.equal, node.onlyOld, node.onlyNew, node.waiting, node.unknown]
      table.add([name + state] + counts.map { $0 == 0 ? "." : Words.grouped($0) })
    }
    return Part(title: "steps", lines: lines, table: table)
  }

  private static func list(_ ids: [String]) -> String {
    ids.prefix(8).joined(separator: ", ") + (ids.count > 8 ? " and \(ids.count - 8) more" : "")
  }

  private static func scores(_ scores: ScoreDifferences, limit: Int) -> Part {
    var lines: [String] = []
    let better = scores.higherIsBetter ? "higher" : "lower"
    lines.append(
      "new less old, \(better) is better; p after Holm's correction for \(Words.count(scores.rows.count, "row"))")
    if scores.rows.contains(where: { $0.seeds == 1 }) {
      lines.append("one seed: the chance of a seed is in no interval")
    }
    var table = Table(
      ["", "old", "new", "difference", "95 % interval", "p", "seeds", ""], numeric: [1, 2, 3, 5, 6])
    let all = (scores.all.map { [(name: "all", row: $0)] } ?? []) + scores.rows.map { (name: $0.name, row: $0) }
    let shown = all.prefix(limit == .max ? all.count : limit)
    for (name, row) in shown {
      let told = row.isToldApart.map { $0 ? "" : "not told apart" } ?? "not known: no predictions on the same rows"
      table.add([
        name.isEmpty ? scores.stage : name, Words.fixed(row.old, 3), Words.fixed(row.new, 3),
        signed(row.difference.value), interval(row.difference), row.probability.map { Words.short($0) } ?? "-",
        "\(row.seeds)", told,
      ])
    }
    if shown.count < all.count {
      lines.append(
        "the \(shown.count - (scores.all == nil ? 0 : 1)) largest of \(scores.rows.count) differences; --all shows all")
    }
    lines += scores.failures
    return Part(title: "\(scores.stage), \(scores.metric) on \(scores.split)", lines: lines, table: table)
  }

  private static func signed(_ value: Double?) -> String {
    value.map { ($0 > 0 ? "+" : "") + Words.fixed($0, 3) } ?? "-"
  }

  private static func interval(_ estimate: Estimate) -> String {
    guard let low = estimate.low, let high = estimate.high else { return "-" }
    return "\(signed(low)) to \(signed(high))"
  }

  private static func ranking(_ ranking: RankingDifferences) -> Part {
    var lines: [String] = []
    if ranking.oldBest == ranking.newBest {
      lines.append("the first is \(ranking.newBest), as before")
    } else {
      let behind = ranking.isOldBestBehind.map { $0 ? ", which is told apart now" : ", which is not told apart" } ?? ""
      lines.append("the first is \(ranking.newBest) and was \(ranking.oldBest)\(behind)")
    }
    let others = [
      ranking.gone > 0 ? "\(ranking.gone) gone" : nil, ranking.added > 0 ? "\(ranking.added) new" : nil,
    ].compactMap(\.self)
    let tau = ranking.tau.map { ", Kendall's tau \(Words.fixed($0, 3))" } ?? ""
    lines.append(
      "\(Words.count(ranking.common, "candidate")) in both\(others.map { ", " + $0 }.joined())\(tau); "
        + "\(ranking.topShared) of the first \(ranking.top) in both")
    for (moves, words) in [(ranking.joined, "now among the first"), (ranking.left, "no more among the first")]
    where !moves.isEmpty {
      let names = moves.prefix(8).map { "\($0.candidate) (\($0.old) -> \($0.new))" }
      lines.append(
        "\(words): \(names.joined(separator: ", "))" + (moves.count > 8 ? " and \(moves.count - 8) more" : ""))
    }
    return Part(title: ranking.step, lines: lines)
  }

  private static func costs(_ diff: PipelineDiff) -> Part {
    let costs = diff.costs
    var lines = [
      "the steps that differ took \(Words.seconds(costs.oldSeconds)), and \(Words.seconds(costs.newSeconds)) now; at "
        + "most \(Words.bytes(costs.oldMemory)), and \(Words.bytes(costs.newMemory)) now"
    ]
    lines += diff.environments.map { environment in
      let words = { (values: [String]) in values.isEmpty ? "nothing" : values.joined(separator: ", ") }
      return "\(environment.fact): \(words(environment.old)) -> \(words(environment.new))"
    }
    return Part(title: "cost", lines: lines)
  }

  /// As a terminal shows it.
  package func text(width: Int) -> String {
    parts.map { part in
      let title = part.title.map { ["\($0):"] } ?? []
      let indent = part.title == nil || part.title == "divergences" ? "" : "  "
      let table = part.table.map { $0.text(width: width).split(separator: "\n").map { indent + $0 } } ?? []
      return (title + part.lines.map { indent + $0 } + table).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// As a pull request shows it.
  package var markdown: String {
    parts.map { part in
      let title = part.title.map { ["### \($0)", ""] } ?? []
      let lines = part.lines.map { "* " + MarkdownTable.cell($0) }
      let table = part.table.map { ["", TableForm.markdown.text($0)] } ?? []
      return (title + lines + table).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }
}
