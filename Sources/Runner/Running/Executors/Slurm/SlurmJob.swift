import Stores
import System

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
