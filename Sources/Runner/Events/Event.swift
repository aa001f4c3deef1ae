package import Artifacts
package import System

/// One thing that happened in a run. The terminal, the run's log and `--json` all read this one stream.
package enum Event: Codable, Sendable {
  /// A run begins. The text of the pipeline is an object of the store, and `settings` are the values that `--set` gave;
  /// older logs have neither. `purpose` is that of a run which is none of the pipeline as its file says.
  case runStarted(
    pipeline: String, file: String, cores: Int, text: ObjectName?, settings: [String]?, purpose: String? = nil)
  /// The keys of all steps of one node, as a binding list (see `Bindings`) in the store.
  case resolved(node: String, bindings: ObjectName)
  case inputImported(name: String, bytes: Int)
  /// Bytes that the step reads come from a remote: of so many objects, uncompressed.
  case fetching(step: String, objects: Int, bytes: Int)
  /// `waited` are the seconds for which the step was ready before; older logs do not tell.
  case stepStarted(step: String, key: Digest, reason: String, threads: Int, attempt: Int, waited: Double?)
  /// A training goes on from a saved state, after `at` of its `total` steps.
  case stepResumed(step: String, at: Int, total: Int?)
  case progress(step: String, done: Int, total: Int, unit: String, detail: String)
  case metric(step: String, name: String, at: Int, value: Double)
  case warning(step: String, message: String)
  /// A line that the step's process wrote to standard error.
  case output(step: String, line: String)
  /// `usage` is absent in older logs, and where the step's process could not tell.
  case stepFinished(step: String, key: Digest, seconds: Double, peakMemory: Int, usage: ResourceUsage?)
  /// A failure that is a result of the step.
  case stepFailed(step: String, key: Digest, code: String, message: String, isAccepted: Bool)
  /// A failure of the environment: `willRetry` says whether the step starts again.
  case stepBroken(step: String, key: Digest?, message: String, willRetry: Bool)
  case stepInterrupted(step: String, key: Digest)
  case stepSkipped(step: String, because: String)
  /// Another process works on the step; its result is waited for.
  case stepElsewhere(step: String, owner: String)
  /// Another process has made its result.
  case stepFound(step: String, key: Digest)
  /// A recomputation under the same key gave other bytes.
  case divergence(step: String, key: Digest, ports: [String])
  case runFinished(RunSummary)
}
