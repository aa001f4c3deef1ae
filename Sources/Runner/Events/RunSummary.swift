import Artifacts

/// The end of a run, with the numbers of its steps by outcome.
package struct RunSummary: Codable, Sendable, Equatable {
  package var executed = 0
  package var reused = 0
  package var failed = 0
  package var accepted = 0
  package var skipped = 0
  /// Wanted, and not started.
  package var pending = 0
  package var isInterrupted = false
  /// Whether nothing was begun, for an input or code has errors; nil in older logs.
  package var isRefused: Bool?
  package var seconds = 0.0
  package init() {}

  /// 0 done, 1 a step failed, 130 interrupted.
  package var exitCode: Int32 { isInterrupted ? 130 : failed > 0 || skipped > 0 || pending > 0 ? 1 : 0 }
}
