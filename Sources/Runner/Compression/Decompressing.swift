package import Artifacts

/// Reading bytes that may be compressed.
package enum Decompressing {
  /// A reader of the uncompressed content of `reader`. The first bytes decide, never a name: gzip `1f 8b`, zstd
  /// `28 b5 2f fd`, anything else is passed through. The content of a zip archive is that of `member`, if one is named.
  package static func reader(over reader: any ByteReader, member: String? = nil) throws -> any ByteReader {
    let front = try FrontReader(reader, count: 4)
    if let member, ZipArchive.begins(front.front) {
      let zip = try ZipArchive(front.allBytes())
      guard let content = try zip.content(member) else { throw CompressionError.noMember(member, zip.names) }
      return MemoryReader(content[...])
    }
    if front.front.starts(with: [0x1f, 0x8b]) { return GzipDecoder(over: front) }
    if front.front == [0x28, 0xb5, 0x2f, 0xfd] { return ZstdDecoder(over: front) }
    return front
  }
}

/// A reader whose first bytes can be looked at.
private final class FrontReader: ByteReader {
  let front: [UInt8]
  private var given = 0
  private let rest: any ByteReader

  init(_ rest: any ByteReader, count: Int) throws {
    front = try rest.front(count)
    self.rest = rest
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard given < front.count else { return try rest.read(into: buffer) }
    let count = min(buffer.count, front.count - given)
    buffer.copyBytes(from: front[given..<given + count])
    given += count
    return count
  }
}
