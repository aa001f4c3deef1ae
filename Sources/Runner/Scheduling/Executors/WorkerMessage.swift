import Artifacts
import JSON
package import Stores

/// What the scheduler tells a worker: one line of JSON each on the worker's standard input. Its end is the order to
/// exit.
enum WorkerCommand: Codable, Sendable {
  case run(WorkerTask)
  /// Checkpoint and stop the step in hand.
  case interrupt
}

/// A step as a worker is told it.
package struct WorkerTask: Codable, Sendable {
  /// The store holds its pre-image under this key.
  let key: String
  let threads: Int
  /// Resource parameters in the canonical encoding.
  let resources: [UInt8]
  /// The run that has it computed anew; nil: a result and saved states that are there count.
  let forcedBy: String?
  /// Whether it runs even if its result is a failure.
  let retriesFailed: Bool
  /// A lease of somebody who is gone, which may be taken over.
  let stale: LeaseSighting?

  init(_ task: StepTask, threads: Int) {
    key = task.key.hex
    self.threads = threads
    resources = task.resources
    forcedBy = task.forcedBy
    retriesFailed = task.retriesFailed
    stale = task.stale
  }

  /// Line `index` of a file of tasks, or nil.
  package init?(lines: [UInt8], index: Int) {
    let lines = lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
    guard lines.indices.contains(index), let task = JSONLines.decode(WorkerTask.self, lines[index]) else { return nil }
    self = task
  }
}

/// What a worker tells the scheduler: one line of JSON each on the worker's standard output.
package enum WorkerReply: Codable, Sendable {
  case progress(done: Int, total: Int, unit: String, detail: String)
  case metric(name: String, step: Int, value: Double)
  case warning(String)
  /// A training goes on from a saved state, after so many of its steps.
  case resumed(at: Int, total: Int?)
  /// The record is in the store. `divergent` names the ports whose bytes differ from the earlier record's; `seconds` is
  /// what it took now, where the worker could tell: an equal record of an earlier time stays as it is.
  case finished(divergent: [String], seconds: Double?)
  /// The record was in the store already: somebody else was faster.
  case found
  /// Somebody else works on the step, under this lease.
  case busy(LeaseSighting)
  case interrupted
  /// Nothing is in the store, and another attempt would go no better.
  case broken(message: String)
  /// What is around the step has failed it, and another attempt may go better, elsewhere or with more memory: `memory`
  /// says how many bytes it had, where they were too many.
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
