import Artifacts
import Plans
import Stores

extension Resolution {
  /// The numbers of steps of a node by state.
  package struct Counts: Sendable {
    package var total = 0
    package var done = 0
    package var ready = 0
    package var waiting = 0
    /// Steps with the key of another step, which runs for both.
    package var shared = 0
    package var failed = 0
    /// Steps that are done, failed or skipped.
    package var settled = 0
    /// Whether the number of steps is unknown, for the items of an axis are.
    package var isOpen = false
  }

  /// The counts of the wanted steps of a node.
  package func counts(of node: Int) -> Counts {
    guard nodes[node].grid != nil else { return countsOfAll(node) }
    var counts = Counts()
    for (item, standing) in nodes[node].standings.enumerated() {
      switch standing {
      case .unwanted: continue
      case .waiting:
        if isShared(StepIndex(node: node, item: item)) { counts.shared += 1 } else { counts.waiting += 1 }
      case .ready, .running: counts.ready += 1
      case .done: counts.done += 1
      case .failed, .skipped, .broken: counts.failed += 1
      }
      counts.total += 1
      if standing.isSettled { counts.settled += 1 }
    }
    return counts
  }

  /// The counts of a node that is not expanded: it may wait for the items of another's axis, and know its own.
  private func countsOfAll(_ node: Int) -> Counts {
    var counts = Counts()
    let state = stateOfAll(node)
    if case .unwanted = state { return counts }
    guard let grid = try? product(node) else {
      // A failure is one line, however many steps it would have been.
      if state.isSettled { (counts.total, counts.failed, counts.settled) = (1, 1, 1) } else { counts.isOpen = true }
      return counts
    }
    counts.total = (0..<grid.count).count { selection.wants(node: node, grid: grid, item: $0, plan: plan) }
    if state.isSettled {
      (counts.failed, counts.settled) = (counts.total, counts.total)
    } else {
      counts.waiting = counts.total
    }
    return counts
  }

  /// The state of the steps of a node that is not expanded: they wait, unless the step that would make the items
  /// of an axis failed.
  func stateOfAll(_ node: Int) -> StepState {
    guard selection.wants(node: node) else { return .unwanted }
    var seen: Set<Int> = [node]
    var pending = [node]
    while let next = pending.popLast() {
      for source in plan.sources(of: next) where seen.insert(source).inserted {
        if nodes[source].grid == nil { pending.append(source) }
        guard axisSources.contains(source), nodes[source].grid != nil else { continue }
        let step = StepIndex(node: source, item: 0)
        switch state(step) {
        case .failed: return .skipped(because: address(step), isResult: true)
        case .broken: return .skipped(because: address(step), isResult: false)
        case .skipped(let because, let isResult): return .skipped(because: because, isResult: isResult)
        case .unwanted, .waiting, .ready, .running, .done: continue
        }
      }
    }
    return .waiting
  }

  /// Whether another step has the same key and runs for both.
  package func isShared(_ step: StepIndex) -> Bool {
    guard let key = key(of: step), let owner = owners[key] else { return false }
    return owner != step && nodes[step.node].standings[step.item] == .waiting
  }

  /// Seconds that the results of a node took, whenever they were made.
  package func durations(of node: Int) -> [Double] {
    zip(nodes[node].standings, nodes[node].durations).compactMap { $0.hasResult ? Double($1) : nil }
  }

  /// Whether any step of a node is asked for.
  package func isWanted(node: Int) -> Bool { selection.wants(node: node) }

  /// Whether every wanted step has a result, or is skipped for one.
  package var isComplete: Bool {
    nodes.enumerated().allSatisfy { index, node in
      guard selection.wants(node: index) else { return true }
      guard node.grid != nil else { return stateOfAll(index).isSettled }
      return node.standings.allSatisfy { $0 == .unwanted || $0.isSettled }
    }
  }

  /// Whether `step` can run, and must.
  package func isReady(_ step: StepIndex) -> Bool {
    if case .ready = state(step) { true } else { false }
  }

  /// Whether `step` has a result that is no failure.
  package func isUpToDate(_ step: StepIndex) -> Bool {
    if case .done = state(step) { true } else { false }
  }
}
