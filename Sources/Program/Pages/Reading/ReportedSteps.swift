import Artifacts
import Events
import Resolving
import Stores
import Timelines

/// All steps of a run whose keys its log knows, with how each came out.
struct ReportedSteps {
  struct Step {
    /// Places among the nodes of the run, and among the steps of the node.
    let node: Int
    let item: Int
    let outcome: StepOutcome
    /// Its last attempt, among the spans of the timeline; nil for one that was not started.
    let span: Int?
    /// Seconds that its result took to make, in this run or before; nil without a result.
    let seconds: Double?
  }

  /// By node, then by item.
  let steps: [Step]
  private let byNode: [String: [StepOutcome: Int]]

  /// Throws the store's errors.
  init(_ run: ReportedRun, _ timeline: Timeline) throws {
    var last: [String: Int] = [:]
    for (place, span) in timeline.spans.enumerated() { last[timeline.steps[span.step].address] = place }
    var steps: [Step] = []
    var byNode: [String: [StepOutcome: Int]] = [:]
    let end = run.events.last?.time ?? 0
    let isCut = run.past.summary.map(\.isInterrupted) ?? true
    for (index, node) in run.nodes.enumerated() {
      var rows = [ResultRow?](repeating: nil, count: node.count)
      let known = (0..<node.count).compactMap { item in node.key(item).map { (item, $0) } }
      try run.store.forEachRow(of: known.map(\.1)) { place, row in rows[known[place].0] = row }
      for item in 0..<node.count {
        let span = last[node.address(item)]
        // A result from after the end of a run that was cut off is none of its own.
        let row = rows[item].flatMap { isCut && $0.finished > end ? nil : $0 }
        let outcome = Self.outcome(span.map { timeline.spans[$0].outcome }, row)
        byNode[node.name, default: [:]][outcome, default: 0] += 1
        steps.append(Step(node: index, item: item, outcome: outcome, span: span, seconds: rows[item]?.duration))
      }
    }
    (self.steps, self.byNode) = (steps, byNode)
  }

  /// The numbers of steps of a node by how they came out.
  func counts(_ node: String) -> [StepOutcome: Int] { byNode[node] ?? [:] }

  private static func outcome(_ span: StepSpan.Outcome?, _ row: ResultRow?) -> StepOutcome {
    switch span {
    case .finished?: .run
    case .failed?, .broken?: .failed
    case .interrupted?: .interrupted
    case .found?: .found
    case .open?: .open
    case nil: row.map { $0.isFailure ? .failed : .reused } ?? .none
    }
  }
}
