package import Artifacts

/// One entry of a pack file, as bytes:
///
///     0   4  "bpk1"
///     4   4  number: entries of one key are in this order
///     8   4  bytes of the head
///     12  4  bytes of the body
///     16  32 key
///     48     head, then SHA-256 of all before it
///            body, then SHA-256 of the key and the body
///
/// Integers have their most significant byte first. The head is the part that is read of many entries; it is verified
/// without the body.
package struct PackEntry {
  static let magic: [UInt8] = Array("bpk1".utf8)
  static let prefix = 48
  static let seal = 32
  /// No head is longer.
  static let headLimit = 1 << 20

  package let key: Digest
  package let number: Int
  package let head: [UInt8]
  package let body: [UInt8]

  package init(key: Digest, number: Int, head: [UInt8], body: [UInt8]) {
    self.key = key
    self.number = number
    self.head = head
    self.body = body
  }

  func encoded() -> [UInt8] {
    var bytes = Self.magic
    bytes.reserveCapacity(Self.prefix + head.count + body.count + 2 * Self.seal)
    for word in [number, head.count, body.count] {
      for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    bytes += key.bytes
    bytes += head
    bytes += Digest.of(bytes).bytes
    bytes += body
    bytes += Self.bodySeal(key, body[...]).bytes
    return bytes
  }

  static func bodySeal(_ key: Digest, _ body: ArraySlice<UInt8>) -> Digest {
    var hasher = DigestHasher()
    key.bytes.withUnsafeBytes { hasher.update($0) }
    body.withUnsafeBytes { hasher.update($0) }
    return hasher.finish()
  }
}
