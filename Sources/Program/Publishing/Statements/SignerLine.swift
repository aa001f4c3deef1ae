import Sharing
import Web

/// The public key that a signature of OpenSSH bears (PROTOCOL.sshsig), as a line of an `allowed_signers` file.
enum SignerLine {
  static let name = "signers"

  /// The line for a lab; nil for a text that is no such signature.
  static func line(_ lab: String, of armor: [UInt8]) -> String? {
    let lines = String(decoding: armor, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard lines.first == "-----BEGIN SSH SIGNATURE-----", lines.last == "-----END SSH SIGNATURE-----",
      let bytes = Base64.decoded(lines.dropFirst().dropLast().joined()), bytes.starts(with: "SSHSIG".utf8),
      let key = string(bytes, at: 10), let kind = string(key, at: 0)
    else { return nil }
    let name = String(decoding: kind, as: UTF8.self)
    guard name.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
    return "\(lab) namespaces=\"\(Signatures.namespace)\" \(name) \(Base64.encoded(key))\n"
  }

  /// The string whose length stands at `place`, as SSH writes them.
  private static func string(_ bytes: [UInt8], at place: Int) -> [UInt8]? {
    guard place + 4 <= bytes.count else { return nil }
    let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
    guard place + 4 + length <= bytes.count else { return nil }
    return Array(bytes[place + 4..<place + 4 + length])
  }
}
