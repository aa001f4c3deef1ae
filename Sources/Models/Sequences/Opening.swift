/// The first bytes of a file, held back by a reader until they tell the kind of the file.
///
/// Their number does not depend on the chunks, so that findings do not depend on how the file is cut.
package struct Opening {
  /// The mark of UTF-8, which some editors write.
  package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private static let size = 512
  private var bytes: [UInt8] = []
  private var isEnded = false

  package init() {}

  /// Takes bytes off the chunk as long as there are too few. Returns them, as `end`, once there are enough.
  package mutating func take(_ chunk: inout UnsafeRawBufferPointer) -> [UInt8]? {
    if isEnded { return nil }
    let count = min(Self.size - bytes.count, chunk.count)
    bytes += chunk[..<count]
    chunk = UnsafeRawBufferPointer(rebasing: chunk[count...])
    return bytes.count == Self.size ? end() : nil
  }

  /// The bytes, without a byte order mark; nil when they were returned before.
  package mutating func end() -> [UInt8]? {
    if isEnded { return nil }
    isEnded = true
    defer { bytes = [] }
    return bytes.starts(with: Self.byteOrderMark) ? Array(bytes.dropFirst(Self.byteOrderMark.count)) : bytes
  }
}
