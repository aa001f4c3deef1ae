import Glibc

/// Memory, as the kernel counts it.
package enum Memory {
  /// Starts the peak of this process again from what is resident now.
  package static func resetPeak() { ProcFile.write("5", to: "/proc/self/clear_refs") }

  /// Peak resident bytes of this process since `resetPeak`; 0 where the kernel does not tell.
  package static func peak() -> Int { (ProcFile.number("VmHWM:", in: "/proc/self/status") ?? 0) * 1024 }

  /// Bytes of this process that are in memory now; 0 where the kernel does not tell.
  package static func resident() -> Int {
    let words = ProcFile.text("/proc/self/statm")?.split(separator: " ") ?? []
    guard words.count > 1, let pages = Int(words[1]) else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  /// The number of processes of this machine that the kernel has killed for want of memory since it started.
  package static func kills() -> Int { ProcFile.number("oom_kill ", in: "/proc/vmstat") ?? 0 }

  /// Has the kernel take this process before any that a user looks at, when memory runs out.
  package static func offerToKernel() { ProcFile.write("1000", to: "/proc/self/oom_score_adj") }
}
