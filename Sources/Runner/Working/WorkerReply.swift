import Artifacts
package import Stores
package import System

/// The news that a worker tells the scheduler: one line of JSON each on the worker's standard output.
package enum WorkerReply: Codable, Sendable {
  case progress(done: Int, total: Int, unit: String, detail: String)
  case metric(name: String, step: Int, value: Double)
  case warning(String)
  /// A training goes on from a saved state, after so many of its steps.
  case resumed(at: Int, total: Int?)
  /// The record is in the store. `divergent` names the ports whose bytes differ from the earlier record's; `seconds`
  /// and `usage` are those of now, where the worker could tell: an equal record of an earlier time stays as it is.
  case finished(divergent: [String], seconds: Double?, usage: ResourceUsage?)
  /// The record was in the store already: somebody else was faster.
  case found
  /// Somebody else works on the step, under this lease.
  case busy(LeaseSighting)
  case interrupted
  /// Nothing is in the store, and another attempt would go no better.
  case broken(message: String)
  /// The step's surroundings have failed it, and another attempt may go better, elsewhere or with more memory:
  /// `memory` is its peak in bytes, where no memory was left.
  case lost(message: String, memory: Int?)
  /// Bytes that the step reads are bad or gone; they are computed again before the next attempt.
  case damaged(message: String)

  /// Whether the step is over for this worker.
  package var isLast: Bool {
    switch self {
    case .progress, .metric, .warning, .resumed: false
    case .finished, .found, .busy, .interrupted, .broken, .lost, .damaged: true
    }
  }
}
