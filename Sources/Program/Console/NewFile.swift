package import Artifacts
import Glibc
import System

/// Files that a verb makes for a person; nothing that exists is overwritten.
package enum NewFile {
  package static func write(_ path: String, _ bytes: [UInt8]) throws {
    try make(path) { file in try bytes.withUnsafeBytes { try write($0, to: file, path) } }
  }

  package static func copy(_ reader: any ByteReader, to path: String) throws {
    try make(path) { file in
      try reader.forEachChunk { chunk in
        try write(chunk, to: file, path)
        return true
      }
    }
  }

  private static func make(_ path: String, _ body: (Int32) throws -> Void) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw Complaint.failure("cannot make '\(path)': \(String(cString: strerror(errno)))") }
    defer { close(file) }
    try body(file)
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: String) throws {
    guard Descriptors.write(bytes, to: file) else {
      throw Complaint.failure("'\(path)': \(String(cString: strerror(errno)))")
    }
  }
}
