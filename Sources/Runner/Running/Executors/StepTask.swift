package import Artifacts
import Plans
package import Resolving
package import Stores
package import Syntax
import Working

/// A step as an executor is given it. Its worker needs nothing but the store and the key.
package struct StepTask: Sendable {
  package let step: StepIndex
  /// The stage of the file that the step is of.
  package let node: String
  package let address: String
  package let key: Digest
  /// Resource parameters in the canonical encoding.
  package let resources: [UInt8]
  /// The outputs on demand whose bytes are to be stored.
  package let kept: [String]
  /// Whether more threads make the step faster.
  package let isParallel: Bool
  /// The resources that the file states for the step.
  package let demand: Resources
  /// Bytes that the step is known to need, because an attempt with less failed for lack of memory.
  package let memory: Int?
  /// The run that has the step computed anew, whatever result and whatever saved states there are; nil: these count.
  package let forcedBy: String?
  /// Whether the step runs even if its result is a failure.
  package let retriesFailed: Bool
  /// From 1.
  package let attempt: Int
  /// The lease of somebody who is no more, which the worker may take over.
  package let stale: LeaseSighting?

  /// All that its worker is told.
  func order(threads: Int) -> WorkerTask {
    WorkerTask(
      key: key, threads: threads, resources: resources, kept: kept, forcedBy: forcedBy, retriesFailed: retriesFailed,
      stale: stale)
  }

  /// Bytes to keep for the step: as many as the file asks for, or more where that was not enough.
  var bytes: Int { max(memory ?? 0, demand.memory ?? 0) }
}
