package import Artifacts
import Files
package import Signing
import Stores
import System

/// Whom a lab believes: by the file of trusted keys, which has the form of OpenSSH's `allowed_signers`.
package struct Trust: Sendable {
  /// The path of the file.
  package let signers: String
  private let files = DiskFileSystem()

  package init(signers: String) { self.signers = signers }

  /// The state of the file; where it has keys that are trusted for a time only, that of this hour.
  package func state() throws -> Digest {
    var bytes = try files.contents(signers) ?? []
    let text = String(decoding: bytes, as: UTF8.self)
    if text.contains("valid-") || text.contains("cert-authority") {
      bytes += Array("\n\(Int(Clock.wall() / 3600))".utf8)
    }
    return .of(bytes)
  }

  private var file: SignersFile { SignersFile((try? files.contents(signers)) ?? []) }

  /// Whether a key may be trusted for a lab at all.
  package func knows(_ lab: String) -> Bool { file.knows(lab) }

  /// The labs that have keys of their own, ascending.
  package var labs: [String] { file.labs }

  /// The finding about the signature of a push.
  package func verdict(_ push: Push) throws -> Signatures.Verdict {
    guard let signature = push.signature else { return .untrusted(reason: "they are not signed", key: nil) }
    let lines = try files.contents(signers) ?? []
    if Signatures.isPlainlyTrusted(push.text, signature, lab: push.name.lab, signers: lines) { return .trusted }
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    for (name, bytes) in [("claims", push.text), ("claims.sig", signature)] {
      let file = try files.create(scratch.path + "/" + name, .readOnly)
      try file.write(bytes)
      try file.close()
    }
    return try Signatures.verify(
      scratch.path + "/claims", signature: scratch.path + "/claims.sig", lab: push.name.lab, signers: signers)
  }
}
