import Artifacts
import Plans
import Stores

/// Results that were known and are made again, because their bytes are gone or came out different.
extension Resolution {
  /// Whether something that `step` reads is being made again: then it waits for that.
  func waitsAgain(_ step: StepIndex) -> Bool {
    guard !redoing.isEmpty else { return false }
    var count: Int32 = 0
    forEachUpstream(of: step) { upstream in
      guard !isSettled(upstream) else { return }
      count += 1
      redoing[upstream]?.append(step)
    }
    nodes[step.node].waiting[step.item] = count
    return count > 0
  }

  /// Whether the store holds the result, with all its bytes, of a step that others work on.
  package func isAnswered(_ step: StepIndex) throws -> Bool {
    guard !isForced(step), let key = key(of: step), let record = try store.result(key), record.claimant == nil else {
      return false
    }
    if case .failure = record.outcome { return !selection.retriesFailed }
    return try store.holds(record, besides: outputsOnDemand[step.node].subtracting(keptOutputs(of: step)))
  }

  /// Runs `upstream` again because `step` needs its bytes, which are gone; `step` waits.
  package func redo(_ upstream: StepIndex, for step: StepIndex) throws {
    // Steps with the same key wait with it.
    var group = [step]
    if let key = key(of: step), let first = owners.removeValue(forKey: key) {
      group = ([first] + (followers.removeValue(forKey: first) ?? [])).filter { !isSettled($0) }
    }
    if redoing[upstream] == nil {
      redoing[upstream] = []
      nodes[upstream.node].reused[upstream.item] = false
      putBack(upstream)
    }
    for member in group {
      nodes[member.node].standings[member.item] = .waiting
      nodes[member.node].waiting[member.item] += 1
      redoing[upstream]?.append(member)
    }
  }

  /// `step` has another identity than when it became ready: an artifact that it reads was made again and came
  /// out different.
  package func settleAgain(_ step: StepIndex) throws {
    if let key = key(of: step), owners[key] == step {
      owners[key] = nil
      let others = followers.removeValue(forKey: step) ?? []
      if let next = others.first {
        owners[key] = next
        followers[next] = Array(others.dropFirst())
      }
    }
    nodes[step.node].standings[step.item] = .waiting
    queue.append(step)
    try drain()
  }
}
