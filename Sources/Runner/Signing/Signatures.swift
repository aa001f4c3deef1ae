import Artifacts
import System

/// Signatures of claims by SSH keys (OpenSSH, PROTOCOL.sshsig), made and verified by `ssh-keygen`, which knows agents,
/// hardware keys and certificates; the most common ones, by Ed25519 keys of plain lines, are found sound here. Files of
/// signers have the form of OpenSSH's `allowed_signers`.
package enum Signatures {
  /// The purpose that a signature states: one for something else is worth nothing here.
  package static let namespace = "bioarc-claims"

  /// The finding about a signature.
  package enum Verdict: Hashable, Sendable {
    /// By a key that the file has for the lab.
    case trusted
    /// By no such key, or not of these bytes: the words of `ssh-keygen`, and the key if the signature is sound.
    case untrusted(reason: String, key: String?)
  }

  /// A program that could not be run, or failed.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  private static let seconds = 300.0

  /// Signs a file, by the private key in another one or the agent's for that public key, and returns the path of the
  /// signature, which lies beside the file.
  package static func sign(_ file: String, key: String) throws -> String {
    let ending = try run(["ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", key, file])
    guard ending.status == 0 else {
      let isLocked = ending.message.contains("passphrase")
      throw Failure(
        description: "the claims could not be signed: \(ending.message.prefix(200))"
          + (isLocked ? "; a key with a passphrase is used through an agent: 'ssh-add \(key)' first" : ""))
    }
    return file + ".sig"
  }

  /// Whether a text is signed by an Ed25519 key that plain lines of a file of signers have for the lab. The
  /// answer is false for all that cannot be told without `ssh-keygen`, or is not to be believed: `verify` decides then.
  package static func isPlainlyTrusted(
    _ text: [UInt8], _ signature: [UInt8], lab: String, signers: [UInt8]
  ) -> Bool {
    guard let signature = SSHSignature(armor: signature) else { return false }
    return SignersFile(signers).plainlyTrusts(signature.key, for: lab) && signature.isEd25519(of: text, for: namespace)
  }

  /// Verifies the signature in a file of the text in another one.
  package static func verify(_ text: String, signature: String, lab: String, signers: String) throws -> Verdict {
    // The text is the program's standard input.
    let feed = ["/bin/sh", "-c", "exec ssh-keygen \"$@\" < \"$0\"", text]
    let ending = try run(feed + ["-Y", "verify", "-f", signers, "-I", lab, "-n", namespace, "-s", signature])
    if ending.status == 0 { return .trusted }
    if ending.status == 127 { throw Failure(description: "'ssh-keygen' of OpenSSH is not installed") }
    let check = try run(feed + ["-Y", "check-novalidate", "-n", namespace, "-s", signature])
    let key = check.status == 0 ? check.output.split(separator: " ").first { $0.hasPrefix("SHA256:") } : nil
    let reason = key == nil ? ending.message : "they are signed by a key that is not trusted for '\(lab)'"
    return .untrusted(reason: reason, key: key.map { String($0.prefix { !$0.isNewline }) })
  }

  /// Whether every line of a file is a public SSH key, or a comment.
  package static func areKeys(_ file: String) throws -> Bool {
    try run(["ssh-keygen", "-l", "-f", file]).status == 0
  }

  private static func run(_ arguments: [String]) throws -> ChildProcess.Ending {
    do { return try ChildProcess.run(arguments, seconds: seconds) } catch {
      throw Failure(description: "'ssh-keygen' of OpenSSH could not be started: \(error)")
    }
  }
}
