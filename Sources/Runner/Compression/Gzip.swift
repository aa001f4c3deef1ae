import Artifacts
internal import CZlib

/// The CRC-32 of bytes, as gzip and zip write it.
func checksum(_ bytes: [UInt8]) -> UInt32 {
  UInt32(truncatingIfNeeded: bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) })
}
