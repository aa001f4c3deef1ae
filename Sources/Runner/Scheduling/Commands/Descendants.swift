import Glibc

/// The processes that this one has started, and those that these have started.
enum Descendants {
  /// Kills all of them, and those that they start meanwhile, and waits for their end. No other thread may wait for
  /// children. Processes that a descendant leaves behind must become children of this one: without children it has no
  /// descendants, and `/proc` need not be read.
  static func end() {
    while true {
      var status: Int32 = 0
      var ended: pid_t = 0
      repeat { ended = waitpid(-1, &status, WNOHANG) } while ended > 0
      if ended < 0 && errno == ECHILD { return }
      for pid in all() { kill(pid, SIGKILL) }
      usleep(1000)
    }
  }

  /// From `/proc`: a process's line in `stat` holds its parent after its name, which is in brackets.
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

  private static func parent(of pid: pid_t) -> pid_t? {
    let file = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = read(file, &bytes, bytes.count)
    guard count > 0, let end = bytes[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = bytes[(end + 1)..<count].split(separator: UInt8(ascii: " "))
    return fields.count > 1 ? pid_t(String(decoding: fields[1], as: UTF8.self)) : nil
  }
}
