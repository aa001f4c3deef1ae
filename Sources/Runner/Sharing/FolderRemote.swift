package import Artifacts
package import Files
import System

/// The OCI image layout in a folder. A blob is written under another name, made durable and moved; what names it comes
/// after it.
package struct FolderRemote: BlobSource {
  private let root: String
  private let files: any FileSystem

  package init(_ root: String, _ files: any FileSystem = DiskFileSystem()) { (self.root, self.files) = (root, files) }

  private func path(_ name: String) -> String { root + "/" + name }

  package func pushes() throws -> [(digest: Digest, size: Int)] {
    guard try contents(LayoutFiles.mark.name) == LayoutFiles.mark.bytes else {
      throw SharingError.malformed(
        "the folder is no OCI image layout: it has no file '\(LayoutFiles.mark.name)' of one")
    }
    return try contents(LayoutFiles.index).map { bytes throws(SharingError) in try LayoutFiles.pushes(bytes) } ?? []
  }

  /// A small file of the layout; nil where it is not there.
  private func contents(_ name: String) throws -> [UInt8]? {
    do {
      let file = try files.open(path(name))
      let size = try file.status().size
      guard size <= LayoutFiles.mostBytes else { throw SharingError.tooLarge("bytes of '\(name)'") }
      return try RangeReader(file, 0..<size).allBytes(expecting: size)
    } catch let error as StoreError where error.isAbsent { return nil }
  }

  package func open(_ blob: Digest, _ range: Range<Int>) throws -> any ByteReader {
    let name = path(LayoutFiles.name(of: blob))
    do {
      let file = try files.open(name)
      guard try file.status().size >= range.upperBound else {
        throw SharingError.malformed("the blob \(blob.short) is shorter than it should be")
      }
      return RangeReader(file, range)
    } catch let error as StoreError where error.isAbsent { throw SharingError.missing("the blob \(blob.short)") }
  }

  /// Makes the folder an empty layout, if it is none yet.
  func begin() throws {
    try files.makeFolders(path(LayoutFiles.blobs))
    if try !files.contains(path(LayoutFiles.mark.name)) {
      try write(LayoutFiles.mark.name) { try $0.write(LayoutFiles.mark.bytes) }
    }
  }

  /// Writes a blob, unless it is there.
  func put(_ bytes: [UInt8]) throws -> (digest: Digest, size: Int) {
    let digest = Digest.of(bytes)
    try put(digest) { MemoryReader(bytes[...]) }
    return (digest, bytes.count)
  }

  /// Writes the blob of that digest, unless it is there.
  func put(_ digest: Digest, _ open: () throws -> any ByteReader) throws {
    let name = LayoutFiles.name(of: digest)
    if try files.contains(path(name)) { return }
    try write(name) { file in
      try open().forEachChunk { chunk in
        try file.write(chunk)
        return true
      }
    }
  }

  /// Names a push whose blobs are all there.
  func publish(_ push: (digest: Digest, size: Int)) throws {
    var all = try pushes().filter { $0.digest != push.digest }
    all.append(push)
    let index = LayoutFiles.index(all)
    try write(LayoutFiles.index) { try $0.write(index) }
  }

  private func write(_ name: String, _ body: (any OpenFile) throws -> Void) throws {
    let target = path(name)
    let parent = DiskFileSystem.parent(of: target)
    let temporary = parent + "/.tmp-" + ProcessIdentity.current.newName()
    do {
      let file = try files.create(temporary, .readOnly)
      try body(file)
      try file.synchronize()
      try file.close()
      try files.move(temporary, to: target, replacing: true)
    } catch {
      try? files.remove(temporary)
      throw error
    }
    try files.synchronize(folder: parent)
  }
}

/// Bytes of a file.
final class RangeReader: ByteReader {
  private let file: any OpenFile
  private var rest: Range<Int>

  init(_ file: any OpenFile, _ range: Range<Int>) { (self.file, rest) = (file, range) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let space = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(rest.count))
    if space.isEmpty { return 0 }
    let count = try file.read(into: space, at: rest.lowerBound)
    guard count > 0 else { throw SharingError.malformed("a file that ends before its end") }
    rest = rest.lowerBound + count..<rest.upperBound
    return count
  }
}
