import Artifacts
import Plans
import Resolving
import Stores

extension Resolution {
  /// The reason of `step` as far as there is one without a comparison.
  func reason(for step: StepIndex) throws -> Reason {
    Reason(step: address(step), key: key(of: step), verdict: try verdict(of: step))
  }

  private func verdict(of step: StepIndex) throws -> Reason.Verdict {
    switch state(step) {
    case .done:
      guard let record = try record(of: step) else { return .upToDate(finished: 0, seconds: 0, lab: nil) }
      return .upToDate(finished: record.finished, seconds: record.duration, lab: record.claimant)
    case .failed(let failure): return .failed(failure)
    case .skipped(let because, _): return .skipped(because: because)
    case .broken(let message): return .broken(message)
    case .unwanted: return .notAskedFor
    case .waiting: return isShared(step) ? .sharesResult : .waits(for: awaited(by: step))
    case .ready, .running:
      guard let key = key(of: step), let row = try store.row(key) else { return .willRun(.changed) }
      if let record = try store.result(key), let lab = record.claimant, try !believes(row, step, key) {
        return .willRun(.notBelieved(lab: lab))
      }
      // A failure runs again only when that is asked for.
      return .willRun(row.isFailure || isForced(step) ? .forced : .bytesGone)
    }
  }

  /// The unsettled steps that `step` reads, by node.
  private func awaited(by step: StepIndex) -> [Reason.Awaited] {
    upstream(of: [step]).compactMap { read in
      let open = read.steps.filter { state($0).isPending }
      guard let first = open.first else { return nil }
      let axis = plan.nodes[step.node].axes.first { axes[$0] == nil && plan.source(ofAxis: $0) == first.node }
      return Reason.Awaited(
        name: open.count == 1 ? address(first) : plan.nodes[first.node].name,
        count: grid(of: first.node) == nil ? nil : open.count, axis: axis.map { plan.axes[$0].name })
    }
  }
}
