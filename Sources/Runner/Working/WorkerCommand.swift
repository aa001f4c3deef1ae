/// Orders of the scheduler to a worker: one line of JSON each on the worker's standard input. Its end is the order to
/// exit.
package enum WorkerCommand: Codable, Sendable {
  case run(WorkerTask)
  /// Checkpoint and stop the step in hand.
  case interrupt
}
