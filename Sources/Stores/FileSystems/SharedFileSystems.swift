import Glibc

/// File systems that several hosts use at a time, by the names that Linux gives them.
enum SharedFileSystems {
  private static let kinds: Set<String> = [
    "nfs", "nfs4", "lustre", "gpfs", "beegfs", "ceph", "cifs", "smb3", "glusterfs", "afs", "9p",
  ]

  /// Whether `path`, or the folder above it where it does not exist yet, is on one of them.
  static func has(_ path: String) -> Bool {
    guard let place = real(path), let bytes = try? DiskFileSystem().contents("/proc/self/mountinfo") else {
      return false
    }
    var best = (length: -1, kind: "")
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      // "36 35 98:0 /root /mount options - kind source options"
      let fields = line.split(separator: " ")
      guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { continue }
      let mount = String(fields[4])
      let isAbove = mount == "/" || place == mount || place.hasPrefix(mount + "/")
      if isAbove && mount.utf8.count >= best.length { best = (mount.utf8.count, String(fields[dash + 1])) }
    }
    return kinds.contains(best.kind) || best.kind.hasPrefix("fuse")
  }

  private static func real(_ path: String) -> String? {
    var path = path
    while true {
      if let real = realpath(path, nil) {
        defer { free(real) }
        return String(cString: real)
      }
      let parent = DiskFileSystem.parent(of: path)
      guard errno == ENOENT, parent != path else { return nil }
      path = parent
    }
  }
}
