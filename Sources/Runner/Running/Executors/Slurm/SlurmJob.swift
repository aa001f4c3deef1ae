import Plans
import Stores
import System
import Working

/// A step in the hands of the cluster.
final class SlurmTask {
  let task: StepTask
  let threads: Int
  /// Bytes of its replies that have been read, and those at their end that are no whole line yet.
  var replyOffset = 0
  var replyBuffer: [UInt8] = []
  var logOffset = 0
  var logLines = LineSplitter()
  /// The last lines of the standard error of its worker.
  var lastErrors = LastWords()
  /// Units of its progress that its worker has told as done.
  var done = 0
  /// The last word of its worker, and when it was read.
  var lastWord: (reply: WorkerReply, at: Double)?
  /// The row that the cluster has of it.
  var row: SlurmRow?
  /// Whether a node is known to have begun with it.
  var hasBegun = false
  /// The time at which the cluster was first seen not to have it any more.
  var goneSince: Double?

  init(_ task: StepTask, threads: Int) {
    self.task = task
    self.threads = threads
  }
}

/// One array job: steps of one stage that were submitted together.
final class SlurmJob {
  var shape: Slurm.Shape
  let files: Slurm.Files
  /// The cluster's number for it; nil while it is not known whether the cluster has taken it.
  var id: Int?
  /// By index in the array, those that have not ended.
  var tasks: [Int: SlurmTask]
  /// The time of its submission: older answers do not know it.
  var since: Double
  /// Whether somebody was told that it waits for something special.
  var isReported = false

  init(shape: Slurm.Shape, files: Slurm.Files, tasks: [SlurmTask]) {
    self.shape = shape
    self.files = files
    self.tasks = Dictionary(uniqueKeysWithValues: tasks.enumerated().map { ($0, $1) })
    since = Clock.monotonic()
  }

  /// The tasks in the order of their indices.
  var sorted: [(index: Int, task: SlurmTask)] { tasks.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

  /// Whether the cluster was last seen to have some of it waiting.
  var isPending: Bool { tasks.values.contains { $0.goneSince == nil && $0.row?.phase == .pending } }

  func words(_ index: Int) -> String { id.map { "its job \($0)_\(index)" } ?? "its job" }
}

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
