package import Files
package import Stores

extension Event {
  /// Whether the event belongs into the log of a run: all do but those that only a live line shows.
  package var isLogged: Bool {
    if case .progress = self { return false }
    return true
  }

  /// Whether the event tells of the run as a whole.
  fileprivate var isOfWholeRun: Bool {
    switch self {
    case .runStarted, .resolved, .runFinished: true
    default: false
    }
  }

  /// The address of the step that the event is about; nil for others.
  package var step: String? {
    switch self {
    case .stepStarted(let step, _, _, _, _, _), .progress(let step, _, _, _, _), .metric(let step, _, _, _),
      .warning(let step, _), .output(let step, _), .stepFinished(let step, _, _, _, _),
      .stepFailed(let step, _, _, _, _), .stepBroken(let step, _, _, _), .stepInterrupted(let step, _),
      .stepSkipped(let step, _), .stepResumed(let step, _, _), .stepElsewhere(let step, _), .stepFound(let step, _),
      .divergence(let step, _, _), .fetching(let step, _, _):
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
