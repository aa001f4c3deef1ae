import Artifacts
import Web

/// A signature as `ssh-keygen -Y sign` writes it (OpenSSH, PROTOCOL.sshsig): who has signed, for which purpose and how.
package struct SSHSignature: Sendable {
  package let key: PublicKey
  private let namespace: [UInt8]
  private let hash: [UInt8]
  private let signature: [UInt8]

  private static let magic = Array("SSHSIG".utf8)
  private static let version = 1

  /// Reads the text of a file; nil for anything else.
  package init?(armor: [UInt8]) {
    let lines = armor.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    let letters = lines.dropFirst().dropLast().joined()
    guard lines.first == "-----BEGIN SSH SIGNATURE-----", lines.last == "-----END SSH SIGNATURE-----",
      let bytes = Base64.decoded(letters), Base64.encoded(bytes) == letters, bytes.starts(with: Self.magic)
    else { return nil }
    var parts = SSHParts(bytes.dropFirst(Self.magic.count))
    guard parts.number() == Self.version, let key = parts.string().flatMap({ PublicKey($0) }),
      let namespace = parts.string(), let reserved = parts.string(), reserved.isEmpty, let hash = parts.string(),
      let signature = parts.string(), parts.isAtEnd
    else { return nil }
    (self.key, self.namespace, self.hash, self.signature) = (key, namespace, hash, signature)
  }

  /// Whether it is one by an Ed25519 key, of that text and for that purpose; false also for what cannot be told here.
  func isEd25519(of text: [UInt8], for purpose: String) -> Bool {
    var parts = SSHParts(signature)
    guard let key = key.ed25519, namespace == Array(purpose.utf8), hash == Array("sha512".utf8),
      parts.string() == Array("ssh-ed25519".utf8), let proof = parts.string(), parts.isAtEnd
    else { return false }
    let signed = [namespace, [], hash, SHA512.of(text)].reduce(Self.magic) { $0 + SSHParts.string($1) }
    return Ed25519.isSound(proof, of: signed, by: key)
  }
}
