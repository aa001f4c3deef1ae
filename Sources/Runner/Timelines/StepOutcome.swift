/// How a step came out in a run.
package enum StepOutcome: String, CaseIterable, Sendable {
  /// It ran and has a result.
  case run
  /// It did not run, and has a result: from before, in a run that has ended.
  case reused = "from the store"
  /// Another process made its result in the course of the run.
  case found
  /// It has a failure as its result, or was broken by the environment.
  case failed
  case interrupted
  /// It began, and the log has no end of it.
  case open
  /// It did not run, and has no result.
  case none = "not run"
}
