import ArgumentParser
import Glibc
import System
import Wording

extension Double {
  /// So many digits behind the point, right in `width` columns.
  func text(_ digits: Int, width: Int = 0) -> String {
    let text = Words.fixed(self, digits)
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

extension String {
  /// The text, left in `width` columns.
  func padded(to width: Int) -> String { prefix(width) + String(repeating: " ", count: max(0, width - count)) }

  /// Writes the text into a file, which is replaced.
  func write(to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw SystemError("make \(path)", errno) }
    defer { close(file) }
    guard Descriptors.write(Array(utf8), to: file) else { throw SystemError("write \(path)", errno) }
  }
}
