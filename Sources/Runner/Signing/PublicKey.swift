import Artifacts
import Web

/// A public SSH key.
package struct PublicKey: Hashable, Sendable {
  /// The type, as `ssh-ed25519`.
  package let type: String
  /// The key as SSH sends it: its type, and the numbers of such a key.
  package let bytes: [UInt8]

  /// Reads the two words of a key as they stand in files; nil for anything that `words` does not write.
  package init?(_ type: some StringProtocol, _ letters: some StringProtocol) {
    guard let bytes = Base64.decoded(letters), let key = PublicKey(bytes), key.words == "\(type) \(letters)" else {
      return nil
    }
    self = key
  }

  init?(_ bytes: [UInt8]) {
    var parts = SSHParts(bytes)
    guard let name = parts.string(), !name.isEmpty, name.allSatisfy({ $0 > 32 && $0 < 127 }), !parts.isAtEnd else {
      return nil
    }
    (type, self.bytes) = (String(decoding: name, as: UTF8.self), bytes)
  }

  /// The type and the key in letters: how files have it.
  package var words: String { "\(type) \(Base64.encoded(bytes))" }

  /// The digest by which people compare keys, as `ssh-keygen -l` shows it.
  package var fingerprint: String { "SHA256:" + Base64.encoded(Digest.of(bytes).bytes).filter { $0 != "=" } }

  /// The 32 bytes of an Ed25519 key; nil for others.
  var ed25519: [UInt8]? {
    var parts = SSHParts(bytes)
    guard parts.string() == Array("ssh-ed25519".utf8), let key = parts.string(), key.count == 32, parts.isAtEnd else {
      return nil
    }
    return key
  }
}
