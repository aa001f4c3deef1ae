import Glibc

/// System calls on file descriptors, repeated when a signal cuts them short.
package enum Descriptors {
  /// A pipe whose ends no child inherits.
  package static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else { throw SystemError("pipe", errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Two ends of one connection, which no child inherits.
  package static func sockets() throws -> (Int32, Int32) {
    var ends: [Int32] = [0, 0]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemError("socketpair", errno) }
    return (ends[0], ends[1])
  }

  /// As many pipes as asked for, or none: for the standard streams of a child.
  package static func pipes(_ count: Int = 3) throws -> [(read: Int32, write: Int32)] {
    var pipes: [(read: Int32, write: Int32)] = []
    do { for _ in 0..<count { pipes.append(try pipe()) } } catch {
      for pipe in pipes { for end in [pipe.read, pipe.write] { close(end) } }
      throw error
    }
    return pipes
  }

  /// Writes all of `bytes`; false when the other end is gone.
  package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { write($0, to: descriptor) }
  }

  /// Writes all of `bytes`; false, and `errno` says why, where that cannot be done.
  package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      offset += count
    }
    return true
  }

  /// The next bytes of a file or pipe, at most 128 KiB, or nil at its end. Waits until some are there; a descriptor
  /// that does not wait throws EAGAIN where none are. `name` is for the message of the error.
  package static func chunk(of descriptor: Int32, _ name: String) throws(SystemError) -> [UInt8]? {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 17) { buffer, filled in
      var count = 0
      repeat { count = Glibc.read(descriptor, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
      if count < 0 { failure = errno }
      filled = max(0, count)
    }
    guard failure == 0 else { throw SystemError("read \(name)", failure) }
    return bytes.isEmpty ? nil : bytes
  }

  /// Appends what is there to `buffer`; false at the end of the file, or where it cannot be read.
  package static func read(_ descriptor: Int32, into buffer: inout [UInt8]) -> Bool {
    do throws(SystemError) {
      guard let chunk = try chunk(of: descriptor, "") else { return false }
      buffer += chunk
      return true
    } catch { return error.code == EAGAIN }
  }
}
