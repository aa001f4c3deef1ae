package import Artifacts
internal import CZstd

/// Reads the content of zstd frames, one after the other; an end inside a frame is an error.
package final class ZstdDecoder: ByteReader {
  private let context: OpaquePointer
  private let below: any ByteReader
  private var buffer: [UInt8]
  private var filled = 0
  private var used = 0
  private var belowEnded = false
  /// Whether the bytes that were read so far are whole frames.
  private var isBetweenFrames = true

  package init(over below: any ByteReader) {
    guard let context = ZSTD_createDCtx() else { preconditionFailure("no memory for a zstd decoder") }
    self.context = context
    self.below = below
    buffer = [UInt8](repeating: 0, count: ZSTD_DStreamInSize())
  }

  deinit { ZSTD_freeDCtx(context) }

  package func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
    guard !target.isEmpty else { return 0 }
    while true {
      if used == filled, !belowEnded {
        filled = try buffer.withUnsafeMutableBytes { try below.read(into: $0) }
        used = 0
        belowEnded = filled == 0
      }
      if belowEnded && isBetweenFrames { return 0 }
      let count = try step(target)
      if count > 0 { return count }
      if belowEnded && !isBetweenFrames { throw CompressionError.truncated("zstd") }
    }
  }

  private func step(_ target: UnsafeMutableRawBufferPointer) throws -> Int {
    try buffer.withUnsafeBytes { space in
      var input = ZSTD_inBuffer(src: space.baseAddress, size: filled, pos: used)
      var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
      let hint = ZSTD_decompressStream(context, &output, &input)
      guard ZSTD_isError(hint) == 0 else { throw CompressionError.zstd(hint) }
      used = input.pos
      isBetweenFrames = hint == 0
      return output.pos
    }
  }
}
