package import Artifacts

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
