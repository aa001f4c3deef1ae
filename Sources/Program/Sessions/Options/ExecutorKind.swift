import ArgumentParser
import System

/// A kind of place in which steps run.
package enum ExecutorKind: String, ExpressibleByArgument, CaseIterable {
  case local, slurm

  /// The number of steps at a time: `-j`, else as many as this process may use cores, or in a cluster's queue.
  package func steps(_ jobs: Int?) -> Int { jobs ?? (self == .slurm ? 1000 : Machine.cores) }
}
