/// A SHA-256 digest: the name of bytes, and the key of a step.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  private let words: SIMD4<UInt64>

  package init(_ bytes: some Sequence<UInt8>) {
    var words = SIMD4<UInt64>()
    var count = 0
    for byte in bytes {
      words[count / 8] = words[count / 8] << 8 | UInt64(byte)
      count += 1
    }
    precondition(count == 32, "a digest has 32 bytes, not \(count)")
    self.words = words
  }

  /// The digest whose 32 bytes are given.
  package init(raw bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == 32, "a digest has 32 bytes, not \(bytes.count)")
    func word(_ index: Int) -> UInt64 {
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }
    words = SIMD4(word(0), word(1), word(2), word(3))
  }

  /// The bytes of a digest are spread evenly, so the first of them tell as much as all.
  package func hash(into hasher: inout Hasher) { hasher.combine(words[0]) }

  /// The first 8 bytes as a number, most significant byte first: for finding a place among sorted digests.
  package var leadingWord: UInt64 { words[0] }

  /// The digest written as 64 lower-case hexadecimal digits, or nil when `hex` is anything else.
  package init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    var words = SIMD4<UInt64>()
    for (index, digit) in digits.enumerated() {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
      default: return nil
      }
      words[index / 16] = words[index / 16] << 4 | UInt64(value)
    }
    self.words = words
  }

  /// The SHA-256 of `bytes`.
  package static func of(_ bytes: [UInt8]) -> Digest {
    var hasher = DigestHasher()
    bytes.withUnsafeBytes { hasher.update($0) }
    return hasher.finish()
  }

  /// The SHA-256 of `bytes`.
  package static func of(_ bytes: some Collection<UInt8>) -> Digest { of(Array(bytes)) }

  /// The 32 bytes, first byte first.
  package var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { space, count in
      for index in 0..<32 { space[index] = UInt8(truncatingIfNeeded: words[index / 8] >> UInt64(56 - 8 * (index % 8))) }
      count = 32
    }
  }

  /// 32 bytes of zero.
  package static let zero = Digest(repeatElement(0, count: 32))

  /// Appends the 32 bytes.
  package func append(to out: inout [UInt8]) {
    for index in 0..<4 { withUnsafeBytes(of: words[index].bigEndian) { out.append(contentsOf: $0) } }
  }

  /// 64 lower-case hexadecimal digits.
  package var hex: String {
    String(unsafeUninitializedCapacity: 64) { buffer in
      for index in 0..<64 {
        let value = UInt8(truncatingIfNeeded: words[index / 16] >> UInt64(60 - 4 * (index % 16))) & 15
        buffer[index] = value < 10 ? value + UInt8(ascii: "0") : value - 10 + UInt8(ascii: "a")
      }
      return 64
    }
  }

  /// The first 12 hexadecimal digits: enough for a person to compare.
  package var short: String { String(hex.prefix(12)) }
  package var description: String { hex }

  package static func < (a: Digest, b: Digest) -> Bool {
    for i in 0..<4 where a.words[i] != b.words[i] { return a.words[i] < b.words[i] }
    return false
  }
}

/// As its 64 hexadecimal digits.
extension Digest: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let digest = Digest(hex: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no digest")
    }
    self = digest
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}
