import ArgumentParser
import System

/// A kind of place in which steps run.
enum ExecutorKind: String, ExpressibleByArgument, CaseIterable {
  case local, slurm

  /// `-j`, else how many steps go at a time: as many as this process may use cores, or in a cluster's queue.
  func steps(_ jobs: Int?) -> Int { jobs ?? (self == .slurm ? 1000 : Machine.cores) }
}
