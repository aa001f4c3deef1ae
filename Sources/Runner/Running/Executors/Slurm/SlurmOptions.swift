import Working

/// Options of a run on a cluster.
package struct SlurmOptions: Sendable {
  /// The program, which is at the same path on every node.
  package var program: String
  /// Steps that are in the queue or running at a time.
  package var limit: Int
  /// Seconds between two questions about all jobs.
  package var interval: Double
  /// Seconds between two submissions.
  package var gap = 1.0

  package init(program: String, limit: Int, interval: Double) {
    self.program = program
    self.limit = limit
    self.interval = interval
  }
}
