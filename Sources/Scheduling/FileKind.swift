import Glibc

/// What a path leads to.
enum FileKind {
  case missing, file, folder

  init(_ path: String) {
    var info = stat()
    guard stat(path, &info) == 0 else {
      self = .missing
      return
    }
    self = info.st_mode & S_IFMT == S_IFDIR ? .folder : .file
  }
}
