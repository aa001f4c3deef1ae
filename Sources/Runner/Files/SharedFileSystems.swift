import Glibc

/// File systems that several hosts use at a time, by the names that Linux gives them.
package enum SharedFileSystems {
  private static let kinds: Set<String> = [
    "nfs", "nfs4", "lustre", "gpfs", "beegfs", "ceph", "cifs", "smb3", "glusterfs", "afs", "9p", "virtiofs", "wekafs",
    "panfs", "pvfs2", "gfs2", "ocfs2",
  ]

  /// Whether `path`, or the folder above it where it does not exist yet, is on one of them.
  package static func has(_ path: String) -> Bool {
    guard let place = real(path), let mounts = try? DiskFileSystem().contents("/proc/self/mountinfo") else {
      return false
    }
    return has(place, mounts: String(decoding: mounts, as: UTF8.self))
  }

  /// Whether `place`, a path without links, is on one of them by a table of mounts as in `/proc/self/mountinfo`.
  package static func has(_ place: String, mounts: String) -> Bool {
    var best = (length: -1, kind: "")
    for line in mounts.split(separator: "\n") {
      // "36 35 98:0 /root /mount options - kind source options"
      let fields = line.split(separator: " ")
      guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { continue }
      let mount = unescaped(fields[4])
      let isAbove = mount == "/" || place == mount || place.hasPrefix(mount + "/")
      if isAbove && mount.utf8.count >= best.length { best = (mount.utf8.count, String(fields[dash + 1])) }
    }
    return kinds.contains(best.kind) || best.kind.hasPrefix("fuse")
  }

  /// A path as the table has it, where a backslash and three octal digits stand for a space and the like.
  private static func unescaped(_ text: Substring) -> String {
    var parts = text.split(separator: "\\", omittingEmptySubsequences: false)[...]
    var bytes = Array((parts.popFirst() ?? "").utf8)
    for part in parts {
      if let byte = UInt8(part.prefix(3), radix: 8) { bytes.append(byte) }
      bytes += part.dropFirst(3).utf8
    }
    return String(decoding: bytes, as: UTF8.self)
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
