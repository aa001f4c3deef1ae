import Figures
import PageWriting
import Plans
import Reports
import Tables
import Timelines
import Wording

/// The stages of the pipeline as a picture: a box for each, however many steps it has.
enum GraphSection {
  static func section(_ run: ReportedRun, _ steps: ReportedSteps) -> Section {
    guard let plan = run.plan else {
      let reason =
        run.text == nil ? "the log does not have its text, as older logs" : "its text is no pipeline for this program"
      return .absent("Pipeline", "No graph of this run: \(reason)")
    }
    let counts = Dictionary(uniqueKeysWithValues: run.nodes.map { ($0.name, steps.counts($0.name)) })
    let diagram = Graph(plan).diagram("\(plan.name): stages, and their steps in this run") { name in
      let own = counts[name] ?? [:]
      let total = own.values.reduce(0, +)
      guard total > 0 else { return (["steps not known"], .open) }
      let kind: Diagram.Box.Kind =
        own[.failed] ?? 0 > 0
        ? .failed : own.allSatisfy { $0.key == .run || $0.key == .reused || $0.value == 0 } ? .done : .open
      return ([Words.count(total, "step")] + [Self.words(own)].filter { !$0.isEmpty }, kind)
    }
    let outcomes = StepOutcome.allCases.filter { outcome in counts.values.contains { $0[outcome] ?? 0 > 0 } }
    let table = Table(
      ["stage"] + outcomes.map(\.rawValue), numeric: Set(1..<max(2, outcomes.count + 1)),
      rows: run.nodes.map { node in
        [node.name] + outcomes.map { Words.grouped(counts[node.name]?[$0] ?? 0) }
      })
    return Section(
      "graph", "Pipeline",
      [
        .figure(
          Drawing(
            "Stages and what they read",
            "A box for each stage with its steps folded, an arrow for each port; inputs are rounded, stages with "
              + "failures are orange, unfinished ones dashed.", diagram, numbers: table))
      ])
  }

  /// `6 run, 2 reused`; nothing where all were run.
  private static func words(_ counts: [StepOutcome: Int]) -> String {
    StepOutcome.allCases.compactMap { outcome in
      counts[outcome].flatMap { $0 > 0 ? "\(Words.grouped($0)) \(outcome.rawValue)" : nil }
    }.joined(separator: ", ")
  }
}
