package import Glibc

/// How a process ended, as wait(2) tells it in one number.
package enum ExitStatus: Hashable, Sendable {
  case exited(Int32)
  case killed(signal: Int32)

  package init(_ status: Int32) {
    let signal = status & 0x7f
    self = signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
  }

  /// Waits for the end of a child of this process; `peakMemory` are its resident bytes at most.
  package static func wait(for pid: pid_t) -> (status: ExitStatus, peakMemory: Int) {
    var status: Int32 = 0
    var usage = rusage()
    while wait4(pid, &status, 0, &usage) < 0 && errno == EINTR {}
    return (ExitStatus(status), usage.ru_maxrss * 1024)
  }

  /// For the end of a sentence: `exited with code 1`, `was killed by signal 9 (Killed)`.
  package var words: String {
    switch self {
    case .exited(let code): "exited with code \(code)"
    case .killed(let signal): "was killed by signal \(signal) (\(String(cString: strsignal(signal))))"
    }
  }
}
