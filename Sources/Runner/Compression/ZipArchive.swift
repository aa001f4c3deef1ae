import Artifacts

/// A zip archive in memory (PKWARE's APPNOTE 6.3): stored and deflated members, no encryption, below 4 GiB.
package struct ZipArchive: Sendable {
  private struct Entry {
    let name: String
    let method: Int
    let checksum: UInt32
    let compressed: Int
    let size: Int
    /// The place of the local header in the archive.
    let offset: Int
  }

  private let bytes: [UInt8]
  private let entries: [Entry]

  /// Whether bytes begin as a zip archive does.
  package static func begins(_ bytes: some Sequence<UInt8>) -> Bool { bytes.starts(with: [0x50, 0x4B, 3, 4]) }

  /// Reads the central directory at the end of the archive.
  package init(_ bytes: [UInt8]) throws {
    self.bytes = bytes
    // The end record has 22 bytes, and a comment of at most 65,535 after them.
    let first = max(0, bytes.count - 22 - 65_535)
    guard bytes.count >= 22,
      let end = (first...bytes.count - 22).last(where: { Self.number(bytes, $0, 4) == 0x0605_4B50 })
    else { throw CompressionError.truncated("zip") }
    let count = Self.number(bytes, end + 10, 2)
    var place = Self.number(bytes, end + 16, 4)
    var entries: [Entry] = []
    for _ in 0..<count {
      guard place + 46 <= bytes.count, Self.number(bytes, place, 4) == 0x0201_4B50 else {
        throw CompressionError.malformed("zip", "a bad entry in its directory")
      }
      let field = { (offset: Int, length: Int) in Self.number(bytes, place + offset, length) }
      let (name, extra, comment) = (field(28, 2), field(30, 2), field(32, 2))
      guard place + 46 + name <= bytes.count else { throw CompressionError.truncated("zip") }
      entries.append(
        Entry(
          name: String(decoding: bytes[place + 46..<place + 46 + name], as: UTF8.self), method: field(10, 2),
          checksum: UInt32(field(16, 4)), compressed: field(20, 4), size: field(24, 4), offset: field(42, 4)))
      place += 46 + name + extra + comment
    }
    self.entries = entries
  }

  /// The names of the members that are files, in the order of the archive.
  package var names: [String] { entries.map(\.name).filter { !$0.hasSuffix("/") } }

  /// The content of a member, verified; nil when there is none of the name.
  package func content(_ name: String) throws -> [UInt8]? {
    guard let entry = entries.last(where: { $0.name == name }) else { return nil }
    guard entry.offset + 30 <= bytes.count, Self.number(bytes, entry.offset, 4) == 0x0403_4B50 else {
      throw CompressionError.malformed("zip", "member \(name) is not where the directory says")
    }
    let start =
      entry.offset + 30 + Self.number(bytes, entry.offset + 26, 2) + Self.number(bytes, entry.offset + 28, 2)
    guard start + entry.compressed <= bytes.count else { throw CompressionError.truncated("zip") }
    let stored = bytes[start..<start + entry.compressed]
    let content: [UInt8]
    switch entry.method {
    case 0: content = Array(stored)
    case 8: content = try Self.inflated(stored, size: entry.size)
    default: throw CompressionError.malformed("zip", "member \(name) is compressed by method \(entry.method)")
    }
    guard content.count == entry.size, checksum(content) == entry.checksum else {
      throw CompressionError.malformed("zip", "member \(name) is damaged")
    }
    return content
  }

  /// At most one byte more than `size`, so that a wrong size is found and no more memory used.
  private static func inflated(_ bytes: ArraySlice<UInt8>, size: Int) throws -> [UInt8] {
    try GzipDecoder(over: MemoryReader(bytes), isRaw: true).front(size + 1)
  }

  /// A little-endian number.
  private static func number(_ bytes: [UInt8], _ place: Int, _ length: Int) -> Int {
    (0..<length).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }
}
