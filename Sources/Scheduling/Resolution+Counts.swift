package import Stores
package import Artifacts
import Plans

extension Resolution {
  /// How many steps of a node stand where.
  package struct Counts: Sendable {
    package var total = 0
    package var done = 0
    package var ready = 0
    package var waiting = 0
    package var failed = 0
    /// Done, failed or skipped.
    package var settled = 0
  }

  package func counts(of node: Int) -> Counts {
    var counts = Counts()
    for standing in nodes[node].standings {
      switch standing {
      case .unwanted: continue
      case .waiting: counts.waiting += 1
      case .ready, .running: counts.ready += 1
      case .done: counts.done += 1
      case .failed, .skipped, .broken: counts.failed += 1
      }
      counts.total += 1
      if standing.isSettled { counts.settled += 1 }
    }
    return counts
  }

  /// Seconds that the results of a node took, whenever they were made.
  package func durations(of node: Int) -> [Double] {
    zip(nodes[node].standings, nodes[node].durations).compactMap { $0.hasResult ? Double($1) : nil }
  }

  package func isWanted(node: Int) -> Bool { selection.wants(node: node) }

  /// Whether every wanted step has a result, or is skipped for one.
  package var isComplete: Bool {
    nodes.enumerated().allSatisfy { index, node in
      guard selection.wants(node: index) else { return true }
      guard node.grid != nil else { return nodes.contains { $0.standings.contains(.failed) } && ready.isEmpty }
      return node.standings.allSatisfy { $0 == .unwanted || $0.isSettled }
    }
  }

  package func isUpToDate(_ step: StepIndex) -> Bool {
    nodes[step.node].standings[step.item] == .done
  }
}

extension Event {
  /// Whether it belongs into the log of a run: all but what only a live line shows.
  package var isLogged: Bool {
    if case .progress = self { return false }
    return true
  }

  /// Whether it tells of the run as a whole.
  fileprivate var isOfWholeRun: Bool {
    switch self {
    case .runStarted, .resolved, .runFinished: true
    default: false
    }
  }

  /// The address of the step that it is about.
  package var step: String? {
    switch self {
    case .stepStarted(let step, _, _, _, _), .progress(let step, _, _, _, _), .metric(let step, _, _, _),
      .warning(let step, _), .output(let step, _), .stepFinished(let step, _, _, _),
      .stepFailed(let step, _, _, _, _), .stepBroken(let step, _, _, _), .stepInterrupted(let step, _),
      .stepSkipped(let step, _), .stepElsewhere(let step, _), .stepFound(let step, _), .divergence(let step, _, _):
      step
    case .runStarted, .resolved, .inputImported, .runFinished: nil
    }
  }
}

extension RunLog {
  /// Adds an event to the log.
  package func append(_ event: Event) throws(StoreError) {
    try append(EventLine.encode(event), isSummary: event.isOfWholeRun)
  }
}

/// An event as one line of JSON, with the moment.
package enum EventLine {
  package static func encode(_ event: Event) -> String { encode(LoggedEvent(time: Clock.wall(), event: event)) }

  package static func encode(_ logged: LoggedEvent) -> String {
    let line = Lines.encode(logged)
    return String(decoding: line.dropLast(), as: UTF8.self)
  }
}
