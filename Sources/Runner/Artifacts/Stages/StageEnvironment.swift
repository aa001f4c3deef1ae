/// The environment variables that every command sees.
package enum StageEnvironment {
  /// The file that tells the command what to do.
  package static let step = "BIOARC_STEP"
  /// Variables by which libraries are told how many threads to use.
  package static let threads = [
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
  ]
  /// All of these variables, by name.
  package static let names = ["PATH", "HOME", "TMPDIR", "LANG", step] + threads
}
