package import Artifacts

/// The standing of a step.
package enum StepState: Sendable {
  /// Not asked for.
  case unwanted
  /// The step's inputs are not known yet.
  case waiting
  /// The step can run, and must: see the reason.
  case ready
  case running
  /// The step has a result.
  case done
  /// The step's result is a failure.
  case failed(StageFailure)
  /// The step cannot run: something that it reads failed. `isResult` when that was a result.
  case skipped(because: String, isResult: Bool)
  /// The environment failed the step in this run.
  case broken(String)

  var isSettled: Bool {
    switch self {
    case .done, .failed, .skipped, .broken: true
    case .unwanted, .waiting, .ready, .running: false
    }
  }

  /// Asked for, and not settled.
  package var isPending: Bool {
    switch self {
    case .waiting, .ready, .running: true
    case .unwanted, .done, .failed, .skipped, .broken: false
    }
  }
}
