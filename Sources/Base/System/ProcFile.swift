import Glibc

/// Small files in which the kernel tells and is told things: `/proc`, `/sys`.
enum ProcFile {
  /// All that is in a file; nil where it cannot be read.
  static func bytes(_ path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    do throws(SystemError) { while let chunk = try Descriptors.chunk(of: file, path) { bytes += chunk } } catch {
      return nil
    }
    return bytes
  }

  static func text(_ path: String) -> String? { bytes(path).map { String(decoding: $0, as: UTF8.self) } }

  /// Replaces the content of a file; nothing happens where it cannot be written.
  static func write(_ text: String, to path: String) {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = Descriptors.write(Array(text.utf8), to: file)
    close(file)
  }

  /// The number after a word at the beginning of a line, as `oom_kill 12` or `VmHWM:  12 kB`.
  static func number(_ word: String, in path: String) -> Int? {
    guard let bytes = bytes(path) else { return nil }
    for line in bytes.split(separator: UInt8(ascii: "\n")) where line.starts(with: word.utf8) {
      let digits = line.dropFirst(word.utf8.count).drop { $0 == 0x20 || $0 == 0x09 }.prefix { 0x30...0x39 ~= $0 }
      return Int(String(decoding: digits, as: UTF8.self))
    }
    return nil
  }

  /// A process's line in `stat`, from the third field on: the second is its command in brackets, and may hold anything.
  /// Nil when there is no such process.
  static func status(of process: Int) -> [Substring]? {
    guard let text = text("/proc/\(process)/stat"), let end = text.utf8.lastIndex(of: UInt8(ascii: ")")) else {
      return nil
    }
    return text[text.index(after: end)...].split(separator: " ")
  }
}
