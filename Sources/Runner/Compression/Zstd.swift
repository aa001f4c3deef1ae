package import Artifacts
internal import CZstd

/// Writes one zstd frame with a content checksum; `close` ends the frame and closes the writer below.
package final class ZstdEncoder: ByteWriter {
  /// The fastest: on weights and on bases, higher levels gain nothing. Digests are of uncompressed bytes, so it may
  /// change.
  package static let level: Int32 = 1

  private let context: OpaquePointer
  private let below: any ByteWriter
  private var buffer: [UInt8]
  private var isClosed = false

  package init(into below: any ByteWriter) {
    guard let context = ZSTD_createCCtx() else { preconditionFailure("no memory for a zstd encoder") }
    self.context = context
    self.below = below
    buffer = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Self.level)
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
  }

  deinit { ZSTD_freeCCtx(context) }

  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    precondition(!isClosed, "a write after close")
    var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    while input.pos < input.size { _ = try step(&input, ZSTD_e_continue) }
  }

  package func close() throws {
    precondition(!isClosed, "closed twice")
    isClosed = true
    var input = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
    while try step(&input, ZSTD_e_end) > 0 {}
    try below.close()
  }

  /// Compresses some of `input` and passes the result on; returns the number of bytes left to flush.
  private func step(_ input: inout ZSTD_inBuffer, _ directive: ZSTD_EndDirective) throws -> Int {
    try buffer.withUnsafeMutableBytes { space in
      var output = ZSTD_outBuffer(dst: space.baseAddress, size: space.count, pos: 0)
      let left = ZSTD_compressStream2(context, &output, &input, directive)
      guard ZSTD_isError(left) == 0 else { throw CompressionError.zstd(left) }
      if output.pos > 0 { try below.write(UnsafeRawBufferPointer(rebasing: space[..<output.pos])) }
      return left
    }
  }
}

extension CompressionError {
  fileprivate static func zstd(_ code: Int) -> CompressionError {
    .malformed("zstd", String(cString: ZSTD_getErrorName(code)))
  }
}

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
