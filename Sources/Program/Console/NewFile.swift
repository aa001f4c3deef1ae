package import Artifacts
import Files
import Glibc
import System

/// Files that a verb makes for a person; nothing that exists is overwritten, but by `replace`.
package enum NewFile {
  package static func write(_ path: String, _ bytes: [UInt8]) throws {
    try make(path) { file in try bytes.withUnsafeBytes { try write($0, to: file, path) } }
  }

  /// Writes a file at once: a reader of the path sees what was there before, or all of the new bytes.
  package static func replace(_ path: String, _ bytes: [UInt8]) throws {
    let new = "\(path).\(getpid()).new"
    unlink(new)
    do {
      try write(new, bytes)
      guard rename(new, path) == 0 else {
        throw Complaint.failure("cannot write '\(path)': \(String(cString: strerror(errno)))")
      }
    } catch {
      unlink(new)
      throw error
    }
  }

  package static func copy(_ reader: any ByteReader, to path: String) throws {
    try make(path) { file in
      try reader.forEachChunk { chunk in
        try write(chunk, to: file, path)
        return true
      }
    }
  }

  /// Throws where something is at the path already.
  package static func checkAbsent(_ path: String?) throws {
    if let path, access(path, F_OK) == 0 { throw Complaint.failure("'\(path)' is there already: name a new one") }
  }

  /// A writer of a new file; without a path, of standard output.
  package static func writer(_ path: String?) throws -> any ByteWriter {
    guard let path else { return DescriptorWriter(STDOUT_FILENO, "standard output") }
    return DescriptorWriter(try create(path), path)
  }

  /// Makes a folder, which must not exist yet, for the files that `body` makes; where it throws, nothing of it stays.
  package static func inFolder(_ path: String, _ body: () throws -> Void) throws {
    try makeFolder(path)
    do { try body() } catch {
      _ = try? DiskFileSystem().removeAll(path)
      throw error
    }
  }

  private static func makeFolder(_ path: String) throws {
    guard mkdir(path, 0o777) == 0 else {
      let remedy = errno == EEXIST ? ": name a new one" : ""
      throw Complaint.failure("cannot make the folder '\(path)': \(String(cString: strerror(errno)))\(remedy)")
    }
  }

  private static func make(_ path: String, _ body: (Int32) throws -> Void) throws {
    let file = try create(path)
    defer { close(file) }
    try body(file)
  }

  private static func create(_ path: String) throws -> Int32 {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw Complaint.failure("cannot make '\(path)': \(String(cString: strerror(errno)))") }
    return file
  }

  fileprivate static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: String) throws {
    guard Descriptors.write(bytes, to: file) else {
      throw Complaint.failure("'\(path)': \(String(cString: strerror(errno)))")
    }
  }
}

/// Writes to a descriptor as bytes come.
private final class DescriptorWriter: ByteWriter {
  private let descriptor: Int32
  private let name: String
  private var isOpen: Bool

  init(_ descriptor: Int32, _ name: String) {
    (self.descriptor, self.name) = (descriptor, name)
    isOpen = descriptor != STDOUT_FILENO
  }

  // A part of a file would look like all of it, and be in the way of the next attempt.
  deinit {
    guard isOpen else { return }
    Glibc.close(descriptor)
    unlink(name)
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    // A reader that is gone, as in `bioarc predict ... | head`, ends the program.
    if descriptor == STDOUT_FILENO { return Terminal.write(bytes, to: descriptor) }
    try NewFile.write(bytes, to: descriptor, name)
  }

  func close() throws {
    if isOpen { Glibc.close(descriptor) }
    isOpen = false
  }
}
