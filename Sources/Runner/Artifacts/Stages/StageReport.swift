/// News that a running stage tells.
package enum StageReport: Hashable, Sendable {
  /// `done` of `total` units; `detail` is for the live line, as "loss 1.234  18,000 tokens/s".
  case progress(done: Int, total: Int, unit: String, detail: String)
  /// A number worth keeping in the event log.
  case metric(name: String, step: Int, value: Double)
  case warning(String)
  /// A training goes on from a saved state, after `at` of its `total` steps; nil: their number is not known yet.
  case resumed(at: Int, total: Int?)
}
