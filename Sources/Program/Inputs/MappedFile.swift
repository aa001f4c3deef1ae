import Glibc

/// The bytes of a file, mapped into memory for as long as this lives.
package final class MappedFile {
  package let bytes: UnsafeRawBufferPointer

  /// Maps a file for reading. Throws where that cannot be done.
  package init(_ path: String) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw MappingError(path: path, code: errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw MappingError(path: path, code: errno) }
    let size = Int(status.st_size)
    guard size > 0 else {
      // No mapping is empty.
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
      throw MappingError(path: path, code: errno)
    }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit { if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) } }
}

/// A file that cannot be mapped into memory.
private struct MappingError: Error, CustomStringConvertible {
  package let path: String
  package let code: Int32
  package var description: String { "cannot map '\(path)' into memory: \(String(cString: strerror(code)))" }
}
