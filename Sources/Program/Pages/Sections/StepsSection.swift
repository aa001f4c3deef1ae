import Artifacts
import PageWriting
import Resolving
import System
import Timelines
import Wording

/// Every step of a run, in a table that is searched.
enum StepsSection {
  /// Keys are in the table of a run of at most so many steps.
  private static let keyed = 20_000

  static func section(_ run: ReportedRun, _ steps: ReportedSteps, _ timeline: Timeline) -> Section {
    guard !steps.steps.isEmpty else {
      return .absent("Steps", "The run logged no steps: it was refused, or ended before it knew any")
    }
    let all = steps.steps
    let spans = all.map { $0.span.map { timeline.spans[$0] } }
    let axes = run.nodes.compactMap(\.bindings?.axes).joined().reduce(into: [String]()) { names, axis in
      if !names.contains(axis) { names.append(axis) }
    }
    var columns = [RowTable.Column("stage", all.map { run.nodes[$0.node].name })]
    for axis in axes {
      let places = run.nodes.map { $0.bindings?.axes.firstIndex(of: axis) }
      columns.append(
        RowTable.Column(
          axis, all.map { step in places[step.node].map { run.nodes[step.node].ids(step.item)[$0] } ?? "" }))
    }
    columns += [
      RowTable.Column("how it came out", all.map(\.outcome.rawValue)),
      RowTable.Column("waited, s", spans.map { $0?.waited }, digits: 2),
      RowTable.Column("start, s", spans.map { $0?.start }, digits: 2),
      RowTable.Column("took, s", zip(all, spans).map { $1?.seconds ?? $0.seconds }, digits: 2),
      RowTable.Column("cores", spans.map { $0.map { Double($0.threads) } }, digits: 0),
      RowTable.Column("CPU, s", spans.map { $0?.usage?.cpuSeconds }, digits: 2),
      RowTable.Column("peak, MB", spans.map { $0?.peakMemory.map { Double($0) / 1e6 } }, digits: 0),
      RowTable.Column("attempts", spans.map { $0.map { Double($0.attempt) } }, digits: 0),
    ]
    let failures = all.map { $0.outcome == .failed ? failure(run, $0) : "" }
    columns.append(RowTable.Column("failure", failures))
    if all.count <= keyed {
      columns.append(
        RowTable.Column("key", all.map { run.nodes[$0.node].key($0.item)?.short ?? "" }))
    }
    let telling = columns.filter { $0.title == "stage" || $0.title == "how it came out" || $0.tellsApart }
    var lines = [
      "'took' is the time of the step in this run, or for a result from the store the time when it was made."
    ]
    if all.count > keyed {
      lines.append(
        "keys are left out of a table of more than \(Words.grouped(keyed)) steps; 'bioarc log --json' has them")
    }
    return Section(
      "steps", "Steps", [.rows(RowTable("steps", "All \(Words.count(all.count, "step"))", telling)), .lines(lines)])
  }

  /// The message of a failure: that of its record, else of the log.
  private static func failure(_ run: ReportedRun, _ step: ReportedSteps.Step) -> String {
    let node = run.nodes[step.node]
    if case .failure(let code, let message)? = run.record(node.key(step.item))?.outcome { return "\(code): \(message)" }
    return run.messages[node.address(step.item)] ?? ""
  }
}
