import Glibc
import Wording

/// The real file system, by its system calls.
package struct DiskFileSystem: FileSystem {
  package init() {}

  package func open(_ path: String) throws(StoreError) -> any OpenFile {
    DiskFile(try descriptor(path, O_RDONLY, 0, "open"), path)
  }

  package func create(_ path: String, _ mode: FileMode) throws(StoreError) -> any OpenFile {
    DiskFile(try descriptor(path, O_WRONLY | O_CREAT | O_EXCL, mode.rawValue, "create"), path)
  }

  package func append(_ path: String) throws(StoreError) -> any OpenFile {
    DiskFile(try descriptor(path, O_WRONLY | O_CREAT | O_APPEND, FileMode.writable.rawValue, "open"), path)
  }

  package func contents(_ path: String) throws(StoreError) -> [UInt8]? {
    do {
      let file = try open(path)
      var bytes: [UInt8] = []
      // Only a read of nothing is the end: tables of the kernel come in pieces.
      while true {
        let held = bytes.count
        bytes += repeatElement(0, count: max(held, 1 << 12))
        let count = try bytes.withUnsafeMutableBytes { bytes in
          let space = UnsafeMutableRawBufferPointer(rebasing: bytes[held...])
          return Result { () throws(StoreError) in try file.read(into: space) }
        }.get()
        bytes.removeLast(bytes.count - held - count)
        if count == 0 { return bytes }
      }
    } catch let error where error.isAbsent { return nil }
  }

  package func contains(_ path: String) throws(StoreError) -> Bool {
    if access(path, F_OK) == 0 { return true }
    guard errno == ENOENT || errno == ENOTDIR else { throw .of(errno, "look for", path) }
    return false
  }

  package func status(_ path: String) throws(StoreError) -> FileStatus {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw .of(errno, "look at", path) }
    return FileStatus(status)
  }

  /// The file that a name leads to, links followed: for files from outside.
  package func target(_ path: String) throws(StoreError) -> FileStatus {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .of(errno, "look at", path) }
    return FileStatus(status)
  }

  package func names(_ folder: String) throws(StoreError) -> [String] {
    guard let stream = opendir(folder) else { throw .of(errno, "list", folder) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw .of(errno, "list", folder) }
    return names.sorted { $0.precedesInBytes($1) }
  }

  package func makeFolder(_ path: String) throws(StoreError) {
    guard mkdir(path, 0o775) == 0 else { throw .of(errno, "make the folder", path) }
  }

  package func makeWritable(folder: String) throws(StoreError) {
    var status = stat()
    guard lstat(folder, &status) == 0, chmod(folder, status.st_mode & 0o7777 | 0o700) == 0 else {
      throw .of(errno, "open up", folder)
    }
  }

  package func move(_ path: String, to target: String, replacing: Bool) throws(StoreError) {
    if replacing {
      guard rename(path, target) == 0 else { throw .of(errno, "move to", target) }
      return
    }
    // A hard link is exclusive everywhere, NFS included.
    if link(path, target) != 0 {
      let code = errno
      // A repeated request over NFS may find its own link.
      var status = stat()
      guard code == EEXIST, stat(path, &status) == 0, status.st_nlink > 1, sameFile(path, target) else {
        throw .of(code, "link to", target)
      }
    }
    unlink(path)
  }

  package func remove(_ path: String) throws(StoreError) {
    guard Glibc.remove(path) == 0 else { throw .of(errno, "remove", path) }
  }

  package func touch(_ path: String) throws(StoreError) {
    // No times are given: a file server takes them from its own clock.
    guard utimensat(AT_FDCWD, path, nil, 0) == 0 else { throw .of(errno, "touch", path) }
  }

  package func synchronize(folder: String) throws(StoreError) {
    let file = try descriptor(folder, O_RDONLY | O_DIRECTORY, 0, "open")
    defer { Glibc.close(file) }
    // Some file systems have no fsync for folders; they make names durable by themselves.
    guard fsync(file) == 0 || errno == EINVAL else { throw .of(errno, "synchronize", folder) }
  }

  private func sameFile(_ a: String, _ b: String) -> Bool {
    guard let a = try? status(a), let b = try? status(b) else { return false }
    return a.device == b.device && a.inode == b.inode
  }

  private func descriptor(
    _ path: String, _ flags: Int32, _ mode: UInt32, _ operation: String
  ) throws(StoreError) -> Int32 {
    while true {
      let file = Glibc.open(path, flags | O_CLOEXEC, mode)
      if file >= 0 { return file }
      guard errno == EINTR else { throw .of(errno, operation, path) }
    }
  }
}

/// An open file descriptor.
private final class DiskFile: OpenFile {
  private var file: Int32
  private let path: String

  init(_ file: Int32, _ path: String) {
    self.file = file
    self.path = path
  }

  deinit { if file >= 0 { Glibc.close(file) } }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int {
    while true {
      let count = Glibc.read(file, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR else { throw .of(errno, "read", path) }
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) -> Int {
    while true {
      let count = Glibc.pread(file, buffer.baseAddress, buffer.count, offset)
      if count >= 0 { return count }
      guard errno == EINTR else { throw .of(errno, "read", path) }
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(file, bytes.baseAddress! + done, bytes.count - done)
      if count >= 0 { done += count } else if errno != EINTR { throw .of(errno, "write", path) }
    }
  }

  func synchronize() throws(StoreError) {
    guard fsync(file) == 0 else { throw .of(errno, "synchronize", path) }
  }

  func status() throws(StoreError) -> FileStatus {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .of(errno, "look at", path) }
    return FileStatus(status)
  }

  func close() throws(StoreError) {
    let open = file
    file = -1
    // The descriptor is gone even when the call reports an interrupt.
    guard Glibc.close(open) == 0 || errno == EINTR else { throw .of(errno, "close", path) }
  }
}

extension FileStatus {
  fileprivate init(_ status: stat) {
    self.init(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int(status.st_size),
      modified: .nanoseconds(of: status.st_mtim), changed: .nanoseconds(of: status.st_ctim),
      isFolder: status.st_mode & S_IFMT == S_IFDIR)
  }
}
