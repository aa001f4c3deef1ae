internal import CCrypto

/// A running SHA-256.
package struct DigestHasher {
  private var state = SHA256_CTX()
  package init() { SHA256_Init(&state) }

  /// Adds bytes behind those that were given so far.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    SHA256_Update(&state, bytes.baseAddress, bytes.count)
  }

  /// The digest of all that was given so far.
  package func finish() -> Digest {
    var copy = state
    return withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { bytes in
      SHA256_Final(bytes.baseAddress!.assumingMemoryBound(to: UInt8.self), &copy)
      return Digest(raw: UnsafeRawBufferPointer(bytes))
    }
  }
}
