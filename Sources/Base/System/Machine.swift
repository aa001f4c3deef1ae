import Glibc

/// The part of its machine that this process may use.
package enum Machine {
  /// Cores: those that a container, a cluster's job or `taskset` leaves it.
  package static let cores = max(1, Linux.usableCores)

  /// Bytes of memory.
  package static let memory: Int = {
    let installed = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
    return min(installed, memoryLimit { ProcFile.text($0) } ?? installed)
  }()

  /// The least number of bytes to which this process's control groups are limited; nil where none is.
  /// A limit of a group limits those within it too.
  package static func memoryLimit(_ read: (String) -> String?) -> Int? {
    var limits: [Int] = []
    for line in (read("/proc/self/cgroup") ?? "").split(separator: "\n") {
      // "4:memory:/path" of version 1, "0::/path" of version 2
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isFirst = fields[1].split(separator: ",").contains("memory")
      guard isFirst || fields[0] == "0" else { continue }
      var group = fields[2]
      while true {
        let file = isFirst ? "/memory\(group)/memory.limit_in_bytes" : "\(group)/memory.max"
        if let limit = read("/sys/fs/cgroup" + file).flatMap({ Int($0.prefix(while: \.isNumber)) }) {
          limits.append(limit)
        }
        guard let slash = group.lastIndex(of: "/") else { break }
        group = group[..<slash]
      }
    }
    return limits.min()
  }
}
