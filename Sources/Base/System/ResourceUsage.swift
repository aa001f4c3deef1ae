import Glibc

/// The resources that work has used: CPU seconds, and bytes by system calls that read and write. Pages of mapped files
/// are in neither number.
package struct ResourceUsage: Codable, Hashable, Sendable {
  /// Seconds of all threads, in user and kernel mode.
  package var cpuSeconds: Double
  package var bytesRead: Int
  package var bytesWritten: Int

  package init(cpuSeconds: Double = 0, bytesRead: Int = 0, bytesWritten: Int = 0) {
    (self.cpuSeconds, self.bytesRead, self.bytesWritten) = (cpuSeconds, bytesRead, bytesWritten)
  }

  /// This process since its start. Bytes are 0 where the kernel does not tell; those of children that were waited for
  /// are among them, CPU seconds of children are not.
  package static func ofThisProcess() -> ResourceUsage {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    let path = "/proc/self/io"
    return ResourceUsage(
      cpuSeconds: usage.cpuSeconds, bytesRead: ProcFile.number("rchar:", in: path) ?? 0,
      bytesWritten: ProcFile.number("wchar:", in: path) ?? 0)
  }

  package static func + (a: ResourceUsage, b: ResourceUsage) -> ResourceUsage {
    ResourceUsage(
      cpuSeconds: a.cpuSeconds + b.cpuSeconds, bytesRead: a.bytesRead + b.bytesRead,
      bytesWritten: a.bytesWritten + b.bytesWritten)
  }

  package static func - (a: ResourceUsage, b: ResourceUsage) -> ResourceUsage {
    ResourceUsage(
      cpuSeconds: a.cpuSeconds - b.cpuSeconds, bytesRead: a.bytesRead - b.bytesRead,
      bytesWritten: a.bytesWritten - b.bytesWritten)
  }
}

extension rusage {
  /// Seconds in user and kernel mode.
  package var cpuSeconds: Double {
    Double(ru_utime.tv_sec + ru_stime.tv_sec) + Double(ru_utime.tv_usec + ru_stime.tv_usec) / 1e6
  }
}
