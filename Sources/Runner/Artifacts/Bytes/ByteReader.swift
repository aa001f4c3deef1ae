/// A source of bytes.
package protocol ByteReader: AnyObject {
  /// Fills the front of `buffer` and returns how many bytes, 0 only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ByteReader {
  /// Calls `body` with all that is left, in pieces of at most 128 KiB, until it returns false.
  package func forEachChunk(_ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
    try withUnsafeTemporaryAllocation(byteCount: 1 << 17, alignment: 64) { buffer in
      while case let count = try read(into: buffer), count > 0 {
        guard try body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { return }
      }
    }
  }

  /// The first bytes that are left: so many, or all where there are fewer.
  package func front(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let more = try bytes.withUnsafeMutableBytes {
        try read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
      }
      if more == 0 { break }
      filled += more
    }
    return Array(bytes[..<filled])
  }

  /// All that is left. `expecting` only saves allocations, up to a bound: a size that somebody states is no reason to
  /// trust.
  package func allBytes(expecting size: Int = 0) throws -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(min(max(size, 0), 1 << 24))
    try forEachChunk { chunk in
      result += chunk
      return true
    }
    return result
  }

  /// Passes all that is left to `writer`, which stays open; returns how many bytes.
  @discardableResult
  package func copy(to writer: any ByteWriter) throws -> Int {
    var total = 0
    try forEachChunk { chunk in
      try writer.write(chunk)
      total += chunk.count
      return true
    }
    return total
  }
}
