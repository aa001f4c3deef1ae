import Glibc

/// The processes that this one has started, and those that these have started.
package enum Descendants {
  /// Kills all of them, and those that they start meanwhile, and waits for their end. No other thread may wait for
  /// children. Processes that a descendant leaves behind must become children of this one: without children it has no
  /// descendants, and `/proc` need not be read.
  package static func end() {
    while true {
      var status: Int32 = 0
      var ended: pid_t = 0
      repeat { ended = waitpid(-1, &status, WNOHANG) } while ended > 0
      if ended < 0 && errno == ECHILD { return }
      for pid in all() { kill(pid, SIGKILL) }
      usleep(1000)
    }
  }

  /// From the parents of all processes that `/proc` has.
  private static func all() -> [pid_t] {
    var children: [pid_t: [pid_t]] = [:]
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let pid = pid_t(name), let parent = parent(of: pid) else { continue }
      children[parent, default: []].append(pid)
    }
    var found: [pid_t] = children[getpid()] ?? []
    var next = 0
    while next < found.count {
      found += children[found[next]] ?? []
      next += 1
    }
    return found
  }

  private static func parent(of process: pid_t) -> pid_t? {
    ProcFile.status(of: Int(process)).flatMap { $0.count > 1 ? pid_t($0[1]) : nil }
  }
}
