import Testing

@testable import System

/// The part of its machine that a process may use, as control groups of both versions say it.
@Suite struct MachineTests {
  private func limit(_ files: [String: String]) -> Int? { Machine.memoryLimit { files[$0] } }

  @Test func `the least memory limit of all groups counts`() {
    let groups = "/sys/fs/cgroup"
    #expect(limit([:]) == nil)
    let second = ["/proc/self/cgroup": "0::/job/step\n"]
    #expect(limit(second) == nil)
    #expect(limit(second.merging(["\(groups)/job/step/memory.max": "max\n"]) { $1 }) == nil)
    let own = ["\(groups)/job/step/memory.max": "9000\n", "\(groups)/job/memory.max": "8000\n"]
    #expect(limit(second.merging(own) { $1 }) == 8000, "that of the group around it")
    // In a container the path is that outside of it.
    #expect(limit(second.merging(["\(groups)/memory.max": "7000\n"]) { $1 }) == 7000)
    let first = ["/proc/self/cgroup": "11:cpuset:/a\n4:memory,hugetlb:/job\n0::/\n"]
    #expect(limit(first.merging(["\(groups)/memory/job/memory.limit_in_bytes": "6000\n"]) { $1 }) == 6000)
    #expect(limit(first.merging(["\(groups)/cpuset/a/memory.limit_in_bytes": "1\n"]) { $1 }) == nil)
  }

  @Test func `this machine has cores and memory`() {
    #expect(Machine.cores >= 1)
    #expect(Machine.memory > 1 << 20)
  }
}
