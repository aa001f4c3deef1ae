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
