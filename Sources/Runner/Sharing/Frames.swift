import Artifacts
import Compression

/// Frames of zstd that come from elsewhere, and the entries in those of records.
enum Frames {
  /// Most bytes of a frame of records.
  static let most = 1 << 24

  /// Most bytes of a text of claims or places that is compressed to so many: their digests keep it from becoming much
  /// smaller, and what grows more would fill the memory for nothing.
  static func limit(_ most: Int, compressed count: Int) -> Int { min(most, 1 << 20 + 64 * count) }

  static func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
    let output = MemoryWriter()
    let encoder = ZstdEncoder(into: output)
    try encoder.write(bytes)
    try encoder.close()
    return output.bytes
  }

  /// The bytes of a frame, of which there may be so many.
  static func decompressed(_ reader: any ByteReader, limit: Int, _ name: String) throws -> [UInt8] {
    let decoder = ZstdDecoder(over: reader)
    var bytes: [UInt8] = []
    do {
      try decoder.forEachChunk { chunk in
        guard bytes.count + chunk.count <= limit else { throw SharingError.tooLarge(name) }
        bytes += chunk
        return true
      }
    } catch let error as CompressionError { throw SharingError.malformed("\(name): \(error)") }
    return bytes
  }

  /// The bytes of an entry: the length of its pre-image and of its record, as eight bytes each, and both.
  static func entry(_ identity: [UInt8], _ record: [UInt8]) -> [UInt8] {
    [identity.count, record.count].flatMap { count in
      (0..<8).map { UInt8(truncatingIfNeeded: UInt64(count) >> UInt64(56 - 8 * $0)) }
    } + identity + record
  }

  /// The entries of a frame, of which there must be so many.
  static func entries(
    _ bytes: [UInt8], count: Int
  ) throws(SharingError) -> [(identity: ArraySlice<UInt8>, record: ArraySlice<UInt8>)] {
    let wrong = SharingError.malformed("a frame with other records than stated")
    var entries: [(identity: ArraySlice<UInt8>, record: ArraySlice<UInt8>)] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard rest.count >= 16, entries.count < count else { throw wrong }
      let lengths = [rest.prefix(8), rest.dropFirst(8).prefix(8)].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
      rest = rest.dropFirst(16)
      guard lengths.allSatisfy({ $0 <= UInt64(rest.count) }), lengths[0] + lengths[1] <= UInt64(rest.count) else {
        throw wrong
      }
      let identity = rest.prefix(Int(lengths[0]))
      entries.append((identity, rest.dropFirst(identity.count).prefix(Int(lengths[1]))))
      rest = rest.dropFirst(identity.count + Int(lengths[1]))
    }
    guard entries.count == count else { throw wrong }
    return entries
  }
}
