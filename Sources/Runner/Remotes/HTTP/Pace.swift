import Glibc
import System

/// How long a client waits for a server, and how often it asks again.
package struct Pace: Sendable {
  /// Seconds for a connection.
  package var connect = 15
  /// Seconds with less than 1 kB each, after which a transfer counts as standing still.
  package var stall = 20
  /// Seconds in which a request is sent again though nothing has moved.
  package var patience = 60.0
  /// The first wait between two attempts, in seconds; each further one is twice as long, up to `longest`.
  package var first = 0.25
  package var longest = 8.0
  /// A clock in seconds, and waiting by it.
  package var now: @Sendable () -> Double = { Clock.monotonic() }
  package var sleep: @Sendable (Double) -> Void = { seconds in usleep(UInt32(max(0, min(seconds, 3600)) * 1e6)) }

  package init(patience: Double = 60, stall: Int = 20) { (self.patience, self.stall) = (patience, stall) }

  /// Seconds before the attempt of that number, from 1 on: a tenth more or less, so that many do not come at once.
  func wait(before attempt: Int) -> Double {
    min(longest, first * Double(1 << min(attempt - 1, 20))) * .random(in: 0.9...1.1)
  }
}
