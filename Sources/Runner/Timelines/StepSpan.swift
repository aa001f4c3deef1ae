package import System

/// One attempt at a step, in seconds since the beginning of its run.
package struct StepSpan: Hashable, Sendable {
  /// The end of an attempt.
  package enum Outcome: String, CaseIterable, Sendable {
    /// It has outputs.
    case finished
    /// It has a failure that is a result.
    case failed
    /// The environment failed it, or nothing of its end is in the log of a run that tells of later events of the step.
    case broken
    /// It was stopped with the run.
    case interrupted
    /// Another process was working on the step and has made its result, which this run waited for.
    case found
    /// The log has no end of it: it goes on, or the run was killed.
    case open
  }

  /// The place of the step among `Timeline.steps`.
  package let step: Int
  /// From 1.
  package let attempt: Int
  /// Cores that the step was given; 0 while another process works on it.
  package let threads: Int
  /// The moment from which the step could have started; nil in older logs.
  package let ready: Double?
  package let start: Double
  /// Not before `start`. The end of the timeline for one that is open.
  package let end: Double
  package let outcome: Outcome
  /// The number of training steps that a saved state spared; nil where it began anew.
  package let resumedAt: Int?
  /// In bytes; nil where the log does not tell.
  package let peakMemory: Int?
  /// CPU seconds, bytes read and written; nil in older logs, and for an attempt that did not finish.
  package let usage: ResourceUsage?

  package init(
    step: Int, attempt: Int, threads: Int, ready: Double?, start: Double, end: Double, outcome: Outcome,
    resumedAt: Int? = nil, peakMemory: Int? = nil, usage: ResourceUsage? = nil
  ) {
    (self.step, self.attempt, self.threads) = (step, attempt, threads)
    (self.ready, self.start, self.end, self.outcome) = (ready, start, end, outcome)
    (self.resumedAt, self.peakMemory, self.usage) = (resumedAt, peakMemory, usage)
  }

  /// Seconds from start to end.
  package var seconds: Double { end - start }
  /// Seconds for which it was ready and did not run; nil in older logs.
  package var waited: Double? { ready.map { start - $0 } }
  /// Cores times seconds that it held.
  package var coreSeconds: Double { Double(threads) * seconds }
}
