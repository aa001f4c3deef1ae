import Glibc
import Stores
import System

/// Bytes of pipes, in temporary files: an input is read more than once, and a pipe gives its bytes once.
final class PipeCopies {
  private let store: Store
  private var folder: ScratchFolder?
  /// By the path of the pipe.
  private var copies: [String: String] = [:]

  init(store: Store) { self.store = store }

  deinit { folder?.remove() }

  /// The file to read in the place of `path`: itself, or the copy of a pipe, which is read to its end the first time.
  func place(of path: String) throws -> String {
    guard FileKind(path) == .pipe else { return path }
    if let copy = copies[path] { return copy }
    let copy = try makeFolder() + "/\(copies.count)"
    let pipe = FileKind.open(path)
    guard pipe >= 0 else { throw SystemError("read \(path)", errno) }
    defer { close(pipe) }
    let file = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw SystemError("write \(copy)", errno) }
    defer { close(file) }
    var buffer: [UInt8] = []
    var isEmpty = true
    while Descriptors.read(pipe, into: &buffer) {
      guard Descriptors.write(buffer, to: file) else { throw SystemError("copy \(path) to \(copy)", errno) }
      isEmpty = isEmpty && buffer.isEmpty
      buffer.removeAll(keepingCapacity: true)
    }
    guard !isEmpty else { throw EmptyPipe(path: path) }
    copies[path] = copy
    return copy
  }

  /// A pipe that has ended before its first byte.
  private struct EmptyPipe: Error, CustomStringConvertible {
    let path: String
    var description: String { "'\(path)' is a pipe that has no bytes: nobody writes into it" }
  }

  /// Beside the store's other temporary files, or where the machine keeps them if that is not to be written.
  private func makeFolder() throws -> String {
    if let folder { return folder.path }
    let made: ScratchFolder
    do { made = try ScratchFolder(in: store) } catch { made = try ScratchFolder() }
    folder = made
    return made.path
  }
}
