package import Artifacts
package import Events
import Syntax

/// The attempts at steps in one run, as its log tells them: of a run that has ended, was killed or goes on, and of
/// older logs too.
package struct Timeline: Sendable {
  /// A step under one key. A step whose key changed in the course of the run, for its inputs came out otherwise when
  /// they were computed again, is there once more after each change.
  package struct Step: Hashable, Sendable {
    /// As `train[fold=1]`.
    package let address: String
    /// nil where the log does not tell.
    package let key: Digest?

    package init(address: String, key: Digest?) { (self.address, self.key) = (address, key) }

    /// The node of the pipeline that the step is of.
    package var node: String { StepAddress.node(of: address) }
  }

  /// Cores that the run could use; 0 where the log has no beginning.
  package let cores: Int
  /// Seconds since 1970.
  package let began: Double
  /// Seconds from the beginning to the end of the run, or to the last event of a log without one.
  package let seconds: Double
  /// nil: the run did not end by itself, or goes on.
  package let summary: RunSummary?
  /// Steps that were started, or found to be in the work of others, in the order of their first attempts.
  package let steps: [Step]
  /// In the order of their starts.
  package let spans: [StepSpan]

  package init(
    cores: Int, began: Double, seconds: Double, summary: RunSummary?, steps: [Step], spans: [StepSpan]
  ) {
    (self.cores, self.began, self.seconds, self.summary) = (cores, began, seconds, summary)
    (self.steps, self.spans) = (steps, spans)
  }

  /// The events of one run, in order.
  /// - Parameter now: for a run that goes on, the present, in seconds since 1970: its open spans last until then.
  package init(_ events: [LoggedEvent], now: Double? = nil) {
    var reading = LogReading(events: events.count)
    for event in events { reading.add(event) }
    self = reading.timeline(now: now)
  }
}
