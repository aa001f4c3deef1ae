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

/// SHA-512, the digest that signatures of OpenSSH are of.
package enum SHA512 {
  package static func of(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 64) { space, count in
      CCrypto.SHA512(bytes, bytes.count, space.baseAddress)
      count = 64
    }
  }
}

/// Signatures by the curve Ed25519 (RFC 8032).
package enum Ed25519 {
  /// Whether a signature is one of a message, by the private key of that public one.
  package static func isSound(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool {
    // Settings of a machine for TLS are none for claims.
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
    let (parsed, state) = (EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, key, key.count), EVP_MD_CTX_new())
    defer {
      EVP_PKEY_free(parsed)
      EVP_MD_CTX_free(state)
    }
    return parsed != nil && state != nil && EVP_DigestVerifyInit(state, nil, nil, nil, parsed) == 1
      && EVP_DigestVerify(state, signature, signature.count, message, message.count) == 1
  }
}
