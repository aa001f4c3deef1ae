import Testing

@testable import Running

/// Ids that Slurm answers with.
@Suite struct SlurmJobTests {
  @Test func `the number of a job is a line of its own`() {
    for (output, job) in [
      ("4711\n", 4711), ("4711;cluster\n", 4711), ("2 jobs of yours are waiting\n3969755\n", 3_969_755),
      ("12\nsbatch: 34 notes\n56;b\n7 more\n", 56), ("3969755\nyou have 2 jobs\n", 3_969_755),
    ] { #expect(Slurm.job(output) == job, "\(output)") }
    for output in ["", "\n", "2 jobs", "x4711", "4711;", "4711;a b", "99999999999999999999"] {
      #expect(Slurm.job(output) == nil, "\(output)")
    }
  }
}
