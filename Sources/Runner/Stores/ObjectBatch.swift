package import Artifacts
internal import Compression
import Files

/// Objects that come compressed from elsewhere, on their way into a store: each is verified and written as it is, and
/// many are made durable and get their names together.
package final class ObjectBatch {
  private let store: Store
  private var written: [(object: SealedObject, file: any OpenFile)] = []
  /// Objects that wait for their names: each is an open file.
  private static let most = 128

  package init(_ store: Store) { self.store = store }

  /// Takes an object of that digest and size, of whose frame a reader gives the bytes. Throws `WrongBytes` or
  /// `CompressionError` where it gives others, and keeps none of them.
  package func add(_ digest: Digest, size: Int, frame: any ByteReader) throws {
    let (path, file) = try store.folder.newTemporary(.readOnly)
    do {
      let copy = CopyingReader(frame, to: file)
      var hasher = DigestHasher()
      var count = 0
      try ZstdDecoder(over: copy).forEachChunk { chunk in
        count += chunk.count
        guard count <= size else { throw WrongBytes(digest: digest) }
        hasher.update(chunk)
        return true
      }
      try copy.finish()
      guard count == size, hasher.finish() == digest else { throw WrongBytes(digest: digest) }
    } catch {
      try? file.close()
      try? store.files.remove(path)
      throw error
    }
    let isKnown = (try? store.objects.touch(digest)) ?? false
    let object = SealedObject(store.objects, digest: digest, size: size, temporary: path, isKnown: isKnown)
    written.append((object, file))
    if written.count >= Self.most { try place() }
  }

  /// Makes all that was taken durable, and gives it its names.
  package func place() throws {
    defer { written = [] }
    // The first of many costs most: the others have gone to disk with it.
    for (_, file) in written { try file.synchronize() }
    for (_, file) in written { try file.close() }
    try store.objects.place(written.map(\.object))
  }
}

/// Passes bytes on, and writes them to a file.
private final class CopyingReader: ByteReader {
  private let below: any ByteReader
  private let file: any OpenFile

  init(_ below: any ByteReader, to file: any OpenFile) { (self.below, self.file) = (below, file) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try below.read(into: buffer)
    if count > 0 { try file.write(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
    return count
  }

  /// Reads to the end, which a decoder need not.
  func finish() throws {
    try withUnsafeTemporaryAllocation(byteCount: 1 << 12, alignment: 8) { while try read(into: $0) > 0 {} }
  }
}
