import Artifacts
import Compression
import Testing

/// Bytes given in pieces of at most `piece`, as a slow pipe would.
private final class Pieces: ByteReader {
  private var left: ArraySlice<UInt8>
  private let piece: Int
  init(_ bytes: [UInt8], piece: Int) {
    left = bytes[...]
    self.piece = piece
  }
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let part = left.prefix(min(piece, buffer.count))
    buffer.copyBytes(from: part)
    left = left.dropFirst(part.count)
    return part.count
  }
}

private final class Collected: ByteWriter {
  var bytes: [UInt8] = []
  var isClosed = false
  func write(_ more: UnsafeRawBufferPointer) throws { bytes += more }
  func close() throws { isClosed = true }
}

private func compressed(_ bytes: [UInt8], piece: Int = .max) throws -> [UInt8] {
  let below = Collected()
  let encoder = ZstdEncoder(into: below)
  var left = bytes[...]
  while !left.isEmpty {
    try encoder.write(Array(left.prefix(piece)))
    left = left.dropFirst(piece)
  }
  try encoder.close()
  #expect(below.isClosed)
  return below.bytes
}

private func content(_ bytes: [UInt8], piece: Int = .max, buffer: Int = 1000) throws -> [UInt8] {
  let reader = try Decompressing.reader(over: Pieces(bytes, piece: piece))
  var result: [UInt8] = []
  var space = [UInt8](repeating: 0, count: buffer)
  while true {
    let count = try space.withUnsafeMutableBytes { try reader.read(into: $0) }
    if count == 0 { return result }
    result += space[..<count]
  }
}

private func noise(_ count: Int) -> [UInt8] {
  var state: UInt64 = 88_172_645_463_325_252
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return UInt8(truncatingIfNeeded: state >> 24)
  }
}

/// `printf 'hello\n' | gzip -n`
private let hello: [UInt8] = [
  0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 0x02, 0x00, 0x20,
  0x30, 0x3a, 0x36, 0x06, 0x00, 0x00, 0x00,
]
/// `printf '' | gzip -n`
private let nothing: [UInt8] = [
  0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
  0x00,
]
private let text = Array("hello\n".utf8)

@Suite struct CompressionTests {
  @Test func `zstd gives back the bytes that it compressed`() throws {
    for count in [0, 1, 100, 131_072, 400_001] {
      for bytes in [noise(count), [UInt8](repeating: 65, count: count)] {
        let frame = try compressed(bytes, piece: 50_000)
        #expect(Array(frame.prefix(4)) == [0x28, 0xb5, 0x2f, 0xfd])
        // The descriptor's bit 2: a checksum of the content follows.
        #expect(frame[4] & 4 == 4)
        #expect(try content(frame) == bytes)
        if count <= 100 { #expect(try content(frame, piece: 1, buffer: 1) == bytes) }
      }
    }
  }

  @Test func `zstd frames in a row are read as one`() throws {
    let one = noise(300)
    let frames = try compressed(one) + compressed([]) + compressed(text)
    #expect(try content(frames) == one + text)
    #expect(try content(frames, piece: 1, buffer: 7) == one + text)
  }

  @Test func `zstd cut off anywhere is found to be truncated`() throws {
    let frame = try compressed(noise(2000))
    for count in 4..<frame.count {
      #expect(throws: CompressionError.truncated("zstd")) { try content(Array(frame[..<count]), buffer: 100) }
    }
  }

  @Test func `zstd with damage or garbage is refused`() throws {
    let frame = try compressed(text)
    var bad = frame
    bad[bad.count - 1] ^= 1
    #expect(throws: CompressionError.self) { try content(bad) }
    #expect(throws: CompressionError.self) { try content(frame + [1, 2, 3, 4, 5]) }
  }

  @Test func `gzip members in a row are read as one`() throws {
    #expect(try content(hello) == text)
    #expect(try content(nothing) == [])
    // Several members, an empty one among them and at the end, as bgzip writes; then padding.
    let members = hello + nothing + hello + nothing
    for piece in [1, 2, 19, 20, 26, 27, 1000] {
      #expect(try content(members, piece: piece, buffer: 3) == text + text)
      #expect(try content(members + [0, 0, 0], piece: piece) == text + text)
    }
  }

  @Test func `gzip cut off anywhere is found to be truncated`() throws {
    for count in 2..<hello.count {
      #expect(throws: CompressionError.truncated("gzip")) { try content(Array(hello[..<count])) }
      #expect(throws: CompressionError.truncated("gzip")) { try content(hello + Array(hello[..<count]), piece: 1) }
    }
  }

  @Test func `gzip with damage or garbage is refused`() throws {
    for offset in [10, 12, 18, 22] {
      var bad = hello
      bad[offset] ^= 0x40
      #expect(throws: CompressionError.self) { try content(bad) }
    }
    #expect(throws: CompressionError.self) { try content(hello + Array("rest".utf8)) }
    #expect(throws: CompressionError.self) { try content(hello + [0, 0, 1]) }
  }

  @Test func `plain bytes pass as they are`() throws {
    for bytes in [[], [0x1f], [0x28, 0xb5, 0x2f], Array(">seq\nACGT\n".utf8), noise(10_000)] as [[UInt8]] {
      #expect(try content(bytes, piece: 1) == bytes)
      #expect(try content(bytes) == bytes)
    }
  }
}
