package import Artifacts
internal import CZlib

/// Reads the content of gzip members, one after the other, as `cat a.gz b.gz` and bgzip write them.
///
/// Zero bytes after the last member are padding; anything else there, and an end inside a member, is an error.
package final class GzipDecoder: ByteReader {
  private enum Place { case inMember, betweenMembers, inPadding }

  private var stream = z_stream()
  private let below: any ByteReader
  private let buffer: UnsafeMutableRawBufferPointer
  private var place = Place.inMember
  private var belowEnded = false

  /// - Parameter isRaw: the bytes are deflated without a header and trailer, as in a zip archive.
  package init(over below: any ByteReader, isRaw: Bool = false) {
    self.below = below
    buffer = .allocate(byteCount: 1 << 16, alignment: 16)
    // 15 bits of window, plus 16: a gzip header and trailer, not a zlib one.
    let status = inflateInit2_(&stream, isRaw ? -15 : 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "no memory for a gzip decoder")
  }

  deinit {
    inflateEnd(&stream)
    buffer.deallocate()
  }

  package func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
    guard !target.isEmpty else { return 0 }
    while true {
      if stream.avail_in == 0, !belowEnded { try refill() }
      if belowEnded, stream.avail_in == 0, place != .inMember { return 0 }
      switch place {
      case .inMember:
        let count = try inflateSome(target)
        if count > 0 { return count }
      case .betweenMembers:
        place = stream.next_in.pointee == 0 ? .inPadding : .inMember
        if place == .inMember { inflateReset(&stream) }
      case .inPadding: try skipPadding()
      }
    }
  }

  private func refill() throws {
    let count = try below.read(into: buffer)
    belowEnded = count == 0
    stream.next_in = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_in = UInt32(count)
  }

  private func inflateSome(_ target: UnsafeMutableRawBufferPointer) throws -> Int {
    let space = min(target.count, 1 << 30)
    stream.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(space)
    let status = inflate(&stream, Z_NO_FLUSH)
    let count = space - Int(stream.avail_out)
    switch status {
    case Z_STREAM_END: place = .betweenMembers
    case Z_OK: break
    case Z_BUF_ERROR: if belowEnded, count == 0 { throw CompressionError.truncated("gzip") }
    default: throw CompressionError.malformed("gzip", stream.msg.map { String(cString: $0) } ?? "error \(status)")
    }
    return count
  }

  private func skipPadding() throws {
    while stream.avail_in > 0 {
      guard stream.next_in.pointee == 0 else { throw CompressionError.malformed("gzip", "bytes after the last member") }
      stream.next_in += 1
      stream.avail_in -= 1
    }
  }
}

/// The CRC-32 of bytes, as gzip and zip write it.
func checksum(_ bytes: [UInt8]) -> UInt32 {
  UInt32(truncatingIfNeeded: bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) })
}

/// The CRC-32 of what `sum` is of, with bytes behind that.
func checksum(_ sum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
  let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
  return UInt32(truncatingIfNeeded: crc32_z(UInt(sum), start, bytes.count))
}

/// The bytes deflated without a header and trailer, as in a zip archive and in a page, by the library's usual level.
package func deflated(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  let size = Int32(MemoryLayout<z_stream>.size)
  let status = deflateInit2_(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
  precondition(status == Z_OK, "no memory for an encoder")
  defer { deflateEnd(&stream) }
  let bound = Int(deflateBound(&stream, UInt(bytes.count)))
  return [UInt8](unsafeUninitializedCapacity: bound) { space, count in
    bytes.withUnsafeBufferPointer { input in
      stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.avail_in = UInt32(input.count)
      stream.next_out = space.baseAddress
      stream.avail_out = UInt32(bound)
      let end = deflate(&stream, Z_FINISH)
      precondition(end == Z_STREAM_END, "the bound of a deflated size was too small")
    }
    count = bound - Int(stream.avail_out)
  }
}
