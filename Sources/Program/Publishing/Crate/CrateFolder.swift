import Artifacts
import Console
import Files
import Sharing
import Stores
import Wording

/// The folder in which a crate is made, with the digest and the size of every file that is in it.
final class CrateFolder {
  /// A file of the crate.
  struct File {
    let digest: Digest
    let size: Int
  }

  let root: String
  /// By their paths in the crate.
  private(set) var files: [String: File] = [:]
  private let disk = DiskFileSystem()

  init(_ root: String) { self.root = root }

  /// The paths of all files, ascending by bytes.
  var names: [String] { files.keys.sorted { $0.precedesInBytes($1) } }

  func write(_ name: String, _ bytes: [UInt8]) throws { try write(name) { try $0.write(bytes) } }

  /// Writes a new file, piece by piece. Throws a `Complaint` for a name that leads out of the crate, or that no
  /// program could be told.
  func write(_ name: String, _ body: (any ByteWriter) throws -> Void) throws {
    guard NameRules.isPath(name), name.utf8.allSatisfy({ $0 >= 32 && $0 != 127 && $0 != UInt8(ascii: "\\") }) else {
      throw Complaint.failure("a file named '\(PlainText.of(name))' cannot be in a crate: rename it")
    }
    let path = root + "/" + name
    try disk.makeFolders(DiskFileSystem.parent(of: path))
    let writer = DigestingWriter(try NewFile.writer(path))
    try body(writer)
    try writer.close()
    files[name] = File(digest: writer.digest, size: writer.count)
  }

  /// Takes in the files that are in a folder of the crate already.
  func adoptLayout(_ folder: String) throws {
    func adopt(_ path: String) throws {
      for name in try disk.names("\(root)/\(path)") {
        let file = "\(path)/\(name)"
        if try disk.status("\(root)/\(file)").isFolder {
          try adopt(file)
          continue
        }
        var hasher = DigestHasher()
        var size = 0
        try reader(file).forEachChunk { chunk in
          hasher.update(chunk)
          size += chunk.count
          return true
        }
        files[file] = File(digest: hasher.finish(), size: size)
      }
    }
    try adopt(folder)
  }

  func reader(_ name: String) throws -> any ByteReader { FileReader(try disk.open(root + "/" + name)) }

  /// The list of all files by their digests, as `sha256sum --check` reads it.
  var sums: String { names.map { "\(files[$0]!.digest)  \($0)\n" }.joined() }
}

/// Passes bytes on, and digests them.
private final class DigestingWriter: ByteWriter {
  private let below: any ByteWriter
  private var hasher = DigestHasher()
  private(set) var count = 0

  init(_ below: any ByteWriter) { self.below = below }

  var digest: Digest { hasher.finish() }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    hasher.update(bytes)
    count += bytes.count
    try below.write(bytes)
  }

  func close() throws { try below.close() }
}
