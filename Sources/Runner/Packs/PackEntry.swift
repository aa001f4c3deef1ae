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

/// The front of an entry, verified.
package struct PackHead {
  package let key: Digest
  package let number: Int
  package let head: [UInt8]
  let bodyCount: Int

  /// Bytes of the whole entry.
  package var length: Int { PackEntry.prefix + head.count + bodyCount + 2 * PackEntry.seal }
  /// The offset of the body from the entry's beginning.
  var bodyOffset: Int { PackEntry.prefix + head.count + PackEntry.seal }

  enum Reading {
    case head(PackHead)
    /// So many bytes are needed to tell.
    case short(Int)
    case wrong
  }

  /// Reads the head of the entry at the front of `bytes`.
  static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
    let known = min(bytes.count, 4)
    guard bytes[..<known].elementsEqual(PackEntry.magic[..<known]) else { return .wrong }
    guard bytes.count >= PackEntry.prefix else { return .short(PackEntry.prefix) }
    let word = { (offset: Int) in Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))) }
    let count = word(8)
    guard count <= PackEntry.headLimit else { return .wrong }
    let end = PackEntry.prefix + count
    guard bytes.count >= end + PackEntry.seal else { return .short(end + PackEntry.seal) }
    var hasher = DigestHasher()
    hasher.update(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
    guard hasher.finish() == Digest(raw: UnsafeRawBufferPointer(rebasing: bytes[end..<end + PackEntry.seal])) else {
      return .wrong
    }
    return .head(
      PackHead(
        key: Digest(raw: UnsafeRawBufferPointer(rebasing: bytes[16..<PackEntry.prefix])), number: word(4),
        head: Array(bytes[PackEntry.prefix..<end]), bodyCount: word(12)))
  }
}
