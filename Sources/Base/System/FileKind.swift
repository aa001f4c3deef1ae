import Glibc

/// The kind of thing that a path leads to.
package enum FileKind {
  case missing, file, folder, pipe, device, socket

  package init(_ path: String) {
    var info = stat()
    guard stat(path, &info) == 0 else {
      self = .missing
      return
    }
    self =
      switch info.st_mode & S_IFMT {
      case S_IFDIR: .folder
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      case S_IFCHR, S_IFBLK: .device
      default: .file
      }
  }

  /// In words, as the end of "it is".
  package var words: String {
    switch self {
    case .missing: "nothing"
    case .file: "a file"
    case .folder: "a folder"
    case .pipe: "a pipe"
    case .device: "a device"
    case .socket: "a socket"
    }
  }

  /// Opens what is at `path` for reading, and returns its descriptor; negative where it cannot be. A pipe is not waited
  /// for: one into which nobody writes has no bytes.
  package static func open(_ path: String) -> Int32 {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if file >= 0 { _ = fcntl(file, F_SETFL, fcntl(file, F_GETFL) & ~O_NONBLOCK) }
    return file
  }
}
