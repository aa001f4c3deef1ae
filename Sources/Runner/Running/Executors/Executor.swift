package import Artifacts
import Plans
package import Resolving
package import Stores
package import Syntax
package import Working

/// Carries out steps somewhere: in worker processes of this machine, or as jobs of a cluster.
///
/// The runner hands out steps as long as there is room, and waits until a descriptor is readable or `wakeAfter` has
/// passed; then it takes the reports. A step counts as done by its record in the store alone.
package protocol Executor: AnyObject {
  /// Threads that a step would get if it started now, or nil when there is no room for it. `waiting` others are ready.
  func threads(for task: StepTask, waiting: Int) -> Int?
  /// Takes a step on. Its progress and its end come out of `reports`.
  func start(_ task: StepTask, threads: Int) throws
  /// Steps that were started and have not ended.
  var running: Int { get }
  /// Readable when there is something to report.
  var descriptors: [Int32] { get }
  /// Seconds after which `reports` is to be called in any case; nil: only when a descriptor is readable.
  var wakeAfter: Double? { get }
  /// The news since the last call, without waiting.
  func reports() -> [(step: StepIndex, report: TaskReport)]
  /// Takes back steps that have not begun, since nothing more is to start; those that run go on.
  func withdraw()
  /// Asks all running steps to save their state and stop.
  func interrupt()
  /// Stops all running steps at once.
  func kill()
  /// Ends everything that was started. Nothing is left behind.
  func close()
}

/// A step as an executor is given it. Its worker needs nothing but the store and the key.
package struct StepTask: Sendable {
  package let step: StepIndex
  /// The stage of the file that the step is of.
  package let node: String
  package let address: String
  package let key: Digest
  /// Resource parameters in the canonical encoding.
  package let resources: [UInt8]
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
      key: key, threads: threads, resources: resources, forcedBy: forcedBy, retriesFailed: retriesFailed, stale: stale)
  }

  /// Bytes to keep for the step: as many as the file asks for, or more where that was not enough.
  var bytes: Int { max(memory ?? 0, demand.memory ?? 0) }
}

/// News of a step that an executor tells.
package enum TaskReport: Sendable {
  case reply(WorkerReply)
  /// A line that its process wrote to standard error.
  case output(String)
  /// The worker ended without a last word.
  case lost(String, Loss)
}

/// The reason for which a worker was lost: it decides what is done about it.
package enum Loss: Sendable {
  /// A crash, a killed process, a failed node: tried again, elsewhere if there is an elsewhere.
  case infrastructure
  /// Out of memory, having had this many bytes: tried again with more.
  case memory(peak: Int)
  /// Out of time: goes on from its last saved state.
  case time
  /// The worker was stopped on request.
  case stopped
}
