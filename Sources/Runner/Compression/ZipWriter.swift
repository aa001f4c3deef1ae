package import Artifacts

/// Writes a zip archive (PKWARE's APPNOTE 6.3): members in the order given, all of one time and for everyone to read,
/// so that equal contents make equal archives. Beyond 4 GiB or 65,534 members it has the fields of zip64.
package final class ZipWriter {
  private struct Entry {
    let name: [UInt8]
    let method: Int
    let checksum: UInt32
    let compressed: Int
    let size: Int
    /// The place of the local header in the archive.
    let offset: Int
  }

  private let output: any ByteWriter
  /// The largest number of a field of four bytes.
  private let limit: Int
  private var offset = 0
  private var entries: [Entry] = []

  /// Members of at most so many bytes are deflated, in memory; others are stored.
  private static let mostDeflated = 1 << 26
  /// The first day that an archive can state: 1980-01-01, midnight.
  private static let (date, time) = (0x21, 0)
  /// Names are UTF-8.
  private static let flags = 0x800

  /// - Parameter limit: numbers from here on are written as zip64 has them; tests lower it.
  package init(to output: any ByteWriter, limit: Int = 0xFFFF_FFFF) {
    (self.output, self.limit) = (output, limit)
  }

  /// Adds a file. `open` gives a reader of its bytes, twice where they are many.
  package func add(_ name: String, size: Int, _ open: () throws -> any ByteReader) throws {
    precondition(!name.isEmpty && name.utf8.count < 0xFFFF, "a name that no archive can hold")
    if size <= Self.mostDeflated {
      let bytes = try open().allBytes(expecting: size)
      let packed = deflated(bytes)
      let isSmaller = packed.count < bytes.count
      let content = isSmaller ? packed : bytes
      try begin(
        Entry(
          name: Array(name.utf8), method: isSmaller ? 8 : 0, checksum: checksum(bytes), compressed: content.count,
          size: bytes.count, offset: offset))
      return try put(content)
    }
    var (sum, count): (UInt32, Int) = (0, 0)
    try open().forEachChunk { chunk in
      sum = checksum(sum, chunk)
      count += chunk.count
      return true
    }
    try begin(
      Entry(name: Array(name.utf8), method: 0, checksum: sum, compressed: count, size: count, offset: offset))
    let written = try open().copy(to: output)
    guard written == count else { throw CompressionError.truncated("zip") }
    offset += written
  }

  /// Writes the directory, and ends the archive; the writer below stays open.
  package func finish() throws {
    let start = offset
    for entry in entries { try put(directory(entry)) }
    let size = offset - start
    let isLong = entries.count >= 0xFFFF || start >= limit || size >= limit
    if isLong {
      let end = offset
      var record = number(0x0606_4B50, 4) + number(44, 8) + number(Self.made, 2) + number(45, 2)
      record += number(0, 4) + number(0, 4) + number(entries.count, 8) + number(entries.count, 8)
      record += number(size, 8) + number(start, 8)
      record += number(0x0706_4B50, 4) + number(0, 4) + number(end, 8) + number(1, 4)
      try put(record)
    }
    let count = min(entries.count, 0xFFFF)
    try put(
      number(0x0605_4B50, 4) + number(0, 2) + number(0, 2) + number(isLong ? 0xFFFF : count, 2)
        + number(isLong ? 0xFFFF : count, 2) + short(size, isLong) + short(start, isLong) + number(0, 2))
  }

  /// Made on Unix, by version 4.5 of the format.
  private static let made = 3 << 8 | 45

  private func begin(_ entry: Entry) throws {
    let isLong = entry.size >= limit || entry.compressed >= limit
    let extra = isLong ? number(1, 2) + number(16, 2) + number(entry.size, 8) + number(entry.compressed, 8) : []
    entries.append(entry)
    try put(
      number(0x0403_4B50, 4) + front(entry, isLong: isLong) + short(entry.compressed, isLong)
        + short(entry.size, isLong) + number(entry.name.count, 2) + number(extra.count, 2) + entry.name + extra)
  }

  private func directory(_ entry: Entry) -> [UInt8] {
    let isLong = entry.size >= limit || entry.compressed >= limit
    var more = isLong ? number(entry.size, 8) + number(entry.compressed, 8) : []
    if entry.offset >= limit { more += number(entry.offset, 8) }
    let extra = more.isEmpty ? [] : number(1, 2) + number(more.count, 2) + more
    let head =
      number(0x0201_4B50, 4) + number(Self.made, 2) + front(entry, isLong: !more.isEmpty)
      + short(entry.compressed, isLong) + short(entry.size, isLong)
    // A plain file that everybody may read.
    let rights = number(0o100644 << 16, 4)
    return head + number(entry.name.count, 2) + number(extra.count, 2) + number(0, 2) + number(0, 2) + number(0, 2)
      + rights + short(entry.offset, entry.offset >= limit) + entry.name + extra
  }

  /// The fields that both headers of a member have: the version that is needed, flags, method, time and checksum.
  private func front(_ entry: Entry, isLong: Bool) -> [UInt8] {
    number(isLong ? 45 : 20, 2) + number(Self.flags, 2) + number(entry.method, 2) + number(Self.time, 2)
      + number(Self.date, 2) + number(Int(entry.checksum), 4)
  }

  /// A number of four bytes, or the mark of one that stands in a field of zip64.
  private func short(_ value: Int, _ isLong: Bool) -> [UInt8] { number(isLong ? 0xFFFF_FFFF : value, 4) }

  private func put(_ bytes: [UInt8]) throws {
    try output.write(bytes)
    offset += bytes.count
  }

  /// The little-endian bytes of a number.
  private func number(_ value: Int, _ length: Int) -> [UInt8] {
    (0..<length).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
