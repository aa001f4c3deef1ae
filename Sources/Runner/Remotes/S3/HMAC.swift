import Artifacts

/// Keyed digests by SHA-256 (RFC 2104).
enum HMAC {
  private static let block = 64

  /// The digest of a message under a key.
  static func digest(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    var key = key.count > block ? Digest.of(key).bytes : key
    key += [UInt8](repeating: 0, count: block - key.count)
    let inner = Digest.of(key.map { $0 ^ 0x36 } + message).bytes
    return Digest.of(key.map { $0 ^ 0x5C } + inner).bytes
  }
}
