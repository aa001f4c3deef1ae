package import Artifacts
package import Events
import Plans
import Stores

extension Resolution {
  /// A result that another pipeline made, in words.
  package func words(ofResult key: Digest) -> String {
    let name = "the result \(key.short)"
    guard let identity = try? store.identity(key)?.identity, let record = try? store.result(key) else { return name }
    return "\(name) of the stage \(identity.stage), computed \(record.claimant.map { "by \($0)" } ?? "here")"
  }

  /// The name of a step, to find it at another time.
  package func name(of step: StepIndex) -> StepName {
    let node = plan.nodes[step.node]
    return StepName(
      node: node.name, axes: node.axes.map { plan.axes[$0].name },
      ids: grid(of: step.node)?.ids(of: step.item) ?? (node.axes.isEmpty ? [] : nil))
  }

  /// The failure of `step` was told when it happened.
  package func noteTold(_ step: StepIndex) { told.insert(step) }

  /// Counts all wanted steps by their states, and tells of failures that were not told, and of skips.
  package func tally(_ emit: (Event) -> Void) -> RunSummary {
    var summary = RunSummary()
    for (node, table) in nodes.enumerated() where selection.wants(node: node) {
      if table.grid == nil { tally(StepIndex(node: node, item: 0), &summary, emit) }
      for (item, standing) in table.standings.enumerated() {
        switch standing {
        case .done: if table.reused[item] { summary.reused += 1 }
        case .waiting, .ready, .running: summary.pending += 1
        case .unwanted: continue
        case .failed, .skipped, .broken: tally(StepIndex(node: node, item: item), &summary, emit)
        }
      }
    }
    return summary
  }

  private func tally(_ step: StepIndex, _ summary: inout RunSummary, _ emit: (Event) -> Void) {
    switch state(step) {
    case .failed(let failure):
      let isAccepted = acceptsFailures[step.node]
      if isAccepted { summary.accepted += 1 } else { summary.failed += 1 }
      guard !told.contains(step) else { return }
      emit(
        .stepFailed(
          step: address(step), key: knownKey(of: step), code: failure.code, message: failure.message,
          isAccepted: isAccepted))
    case .broken(let message):
      summary.failed += 1
      // The runner tells of those that it has started; the others read a choice that names nothing.
      guard key(of: step) == nil else { return }
      emit(.stepBroken(step: address(step), key: nil, message: message, willRetry: false))
    case .waiting: summary.pending += 1
    case .skipped(let because, let isResult):
      if !(isResult && acceptsFailures[step.node]) { summary.skipped += 1 }
      emit(.stepSkipped(step: address(step), because: because))
    default: break
    }
  }
}
