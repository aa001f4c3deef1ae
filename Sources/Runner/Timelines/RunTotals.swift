import Events
import System

/// The sums of a run.
package struct RunTotals: Hashable, Sendable {
  /// Seconds from the beginning to the end.
  package let seconds: Double
  /// Cores that the run could use, times its seconds; 0 where the log has no beginning.
  package let offered: Double
  /// Core seconds that steps held, over all attempts.
  package let held: Double
  /// Core seconds of attempts that gave no result.
  package let wasted: Double
  /// CPU seconds that finished steps used; nil where none tells.
  package let cpuSeconds: Double?
  /// Core seconds that those steps held.
  package let heldByTelling: Double
  /// Steps with a result before the run; nil where the run has not ended.
  package let reused: Int?
  /// Attempts by their ends.
  package let attempts: [StepSpan.Outcome: Int]

  package init(_ timeline: Timeline) {
    seconds = timeline.seconds
    offered = Double(timeline.cores) * timeline.seconds
    reused = timeline.summary?.reused
    var (held, wasted, cpu, heldByTelling, tells) = (0.0, 0.0, 0.0, 0.0, false)
    var attempts: [StepSpan.Outcome: Int] = [:]
    for span in timeline.spans {
      held += span.coreSeconds
      attempts[span.outcome, default: 0] += 1
      if span.outcome == .broken || span.outcome == .interrupted { wasted += span.coreSeconds }
      guard let usage = span.usage else { continue }
      (cpu, heldByTelling, tells) = (cpu + usage.cpuSeconds, heldByTelling + span.coreSeconds, true)
    }
    (self.held, self.wasted, self.heldByTelling, self.attempts) = (held, wasted, heldByTelling, attempts)
    cpuSeconds = tells ? cpu : nil
  }
}
