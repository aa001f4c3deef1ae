import Glibc

/// A folder of one execution for uncompressed copies. Its name tells the process that owns it.
struct Scratch {
  let path: String

  init(in folder: String) throws {
    var template = Array("\(folder)/\(Self.prefix)\(getpid())-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError("make a folder in \(folder)", errno) }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  func remove() { Self.remove(path) }

  /// Removes what processes of this host that are no more have left in `folder`.
  static func sweep(_ folder: String) {
    for name in names(folder) where name.hasPrefix(prefix) {
      let rest = name.dropFirst(prefix.count)
      guard let pid = pid_t(rest.prefix { $0 != "-" }), kill(pid, 0) != 0, errno == ESRCH else { continue }
      remove(folder + "/" + name)
    }
  }

  private static let prefix: String = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    return "scratch-" + name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) } + "-"
  }()

  private static func remove(_ path: String) {
    for name in names(path) { unlink(path + "/" + name) }
    rmdir(path)
  }

  private static func names(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
