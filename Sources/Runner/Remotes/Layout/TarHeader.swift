/// The header of a member of a ustar archive: 512 bytes, with zeros for owner and time, so that equal contents make
/// equal archives (POSIX.1-1988).
struct TarHeader: Hashable {
  static let block = 512

  let name: String
  let size: Int
  let isFolder: Bool

  /// Bytes of the content with what fills its last block.
  static func padded(_ size: Int) -> Int { (size + block - 1) / block * block }

  func encoded() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.block)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { bytes[offset + index] = byte }
    }
    func octal(_ number: Int, _ digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: digits - text.utf8.count) + text
    }
    precondition(name.utf8.count <= 100, "a name of \(name.utf8.count) bytes")
    put(name, at: 0)
    put(octal(0o644, 7), at: 100)
    put(octal(0, 7), at: 108)
    put(octal(0, 7), at: 116)
    if size < 1 << 33 {
      put(octal(size, 11), at: 124)
    } else {
      // Larger numbers are in binary, with the first bit set.
      for index in 0..<8 { bytes[135 - index] = UInt8(truncatingIfNeeded: size >> (8 * index)) }
      bytes[124] = 0x80
    }
    put(octal(0, 11), at: 136)
    put(isFolder ? "5" : "0", at: 156)
    put("ustar", at: 257)
    put("00", at: 263)
    put(octal(Self.sum(bytes), 6), at: 148)
    bytes[155] = UInt8(ascii: " ")
    return bytes
  }

  init(name: String, size: Int, isFolder: Bool = false) {
    (self.name, self.size, self.isFolder) = (name, size, isFolder)
  }

  /// Reads a header; nil for a block of zeros, which ends an archive. Throws `RemoteError` for members of other types
  /// than files and folders, whatever they are.
  init?(decoding bytes: [UInt8]) throws(RemoteError) {
    if bytes.allSatisfy({ $0 == 0 }) { return nil }
    let text = { (range: Range<Int>) in String(decoding: bytes[range].prefix { $0 != 0 }, as: UTF8.self) }
    let octal = { (range: Range<Int>) in Int(text(range).filter { $0 != " " }, radix: 8) }
    guard bytes.count == Self.block, text(257..<262) == "ustar", octal(148..<156) == Self.sum(bytes) else {
      throw .malformed("the bundle has no header of a member at its place: it is no tar archive, or damaged")
    }
    let isBinary = bytes[124] & 0x80 != 0
    let large = isBinary ? bytes[128..<136].reduce(0) { $0 << 8 | Int(truncatingIfNeeded: $1) } : octal(124..<136)
    guard let size = large, size >= 0, !isBinary || bytes[125..<128].allSatisfy({ $0 == 0 }), bytes[345] == 0 else {
      throw .malformed("a member of the bundle has no size, or a name in parts")
    }
    name = text(0..<100)
    self.size = size
    switch bytes[156] {
    case 0, UInt8(ascii: "0"): isFolder = false
    case UInt8(ascii: "5"): isFolder = true
    default: throw .malformed("a member of the bundle is neither a file nor a folder")
    }
  }

  /// The sum of all bytes, those of the sum itself taken as spaces.
  private static func sum(_ bytes: [UInt8]) -> Int {
    bytes.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
  }
}
