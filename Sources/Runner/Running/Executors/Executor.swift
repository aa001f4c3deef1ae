import Artifacts
package import Resolving
import Stores

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
