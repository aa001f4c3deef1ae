import Glibc

/// The program itself, for starting workers.
package enum Executable {
  package static let path: String = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
    return count > 0 ? buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) } : CommandLine.arguments[0]
  }()

  /// Gives this process another name in lists of processes, of 15 bytes at most.
  package static func rename(_ name: String) {
    let file = open("/proc/self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    _ = write(file, name, name.utf8.count)
  }
}
