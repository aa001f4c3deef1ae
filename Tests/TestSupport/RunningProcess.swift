package import Glibc

/// A process of this machine, as `/proc` shows it; of one that is gone by then nothing is known.
///
/// Asked by system calls and not by Foundation, whose reading of files without a size costs megabytes each time: tests
/// ask many thousand times.
package struct RunningProcess: Sendable {
  package let pid: pid_t
  package init(_ pid: pid_t) { self.pid = pid }

  package static var all: [RunningProcess] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var found: [RunningProcess] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let pid = pid_t(name) { found.append(RunningProcess(pid)) }
    }
    return found
  }

  /// The program and its arguments.
  package var words: [String] {
    contents("cmdline").split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The kernel's name of it.
  package var name: String { String(decoding: contents("comm").prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }

  package var parent: pid_t? {
    // The name, which may hold anything, stands in parentheses; then come the state and the parent.
    let fields = contents("stat").split(separator: UInt8(ascii: ")")).last?.split(separator: UInt8(ascii: " ")) ?? []
    return fields.count > 1 ? pid_t(String(decoding: fields[1], as: UTF8.self)) : nil
  }

  package var workingFolder: String {
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { space in
      let count = readlink("/proc/\(pid)/cwd", space.baseAddress!.assumingMemoryBound(to: CChar.self), space.count)
      return String(decoding: space.prefix(max(0, count)), as: UTF8.self)
    }
  }

  private func contents(_ file: String) -> [UInt8] {
    let descriptor = open("/proc/\(pid)/\(file)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { space in
      while case let count = read(descriptor, space.baseAddress!, 4096), count > 0 { bytes += space.prefix(count) }
    }
    return bytes
  }
}
