import Artifacts
import Foundation
import Testing

@testable import Signing

/// Signatures that are found sound here, without `ssh-keygen`: never one that it would not believe.
@Suite(.enabled(if: Signer.isThere, "ssh-keygen is not here")) struct PlainSignatureTests {
  /// A folder with keys, in which texts are signed and both ways asked.
  private final class Desk {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bioarc-test-\(UUID())").path
    let text = Array("bioarc-claims 1\nlab lab-a\n".utf8)

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func keygen(_ arguments: [String]) throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
      process.arguments = arguments
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
    }

    /// Makes a key, and returns the two words of its public half.
    func key(_ name: String, _ type: String = "ed25519") throws -> String {
      try keygen(["-q", "-t", type, "-N", "", "-C", "nobody", "-f", "\(folder)/\(name)"])
      let words = try String(contentsOfFile: "\(folder)/\(name).pub", encoding: .utf8).split(separator: " ")
      return "\(words[0]) \(words[1])"
    }

    func sign(_ name: String, purpose: String = Signatures.namespace, hash: String = "sha512") throws -> [UInt8] {
      let path = "\(folder)/\(UUID())"
      try Data(text).write(to: URL(fileURLWithPath: path))
      try keygen(["-Y", "sign", "-q", "-n", purpose, "-O", "hashalg=\(hash)", "-f", "\(folder)/\(name)", path])
      return Array(try Data(contentsOf: URL(fileURLWithPath: path + ".sig")))
    }

    /// The answers of both ways.
    func ask(_ text: [UInt8], _ signature: [UInt8], _ signers: String, lab: String = "lab-a") throws -> (
      here: Bool, there: Bool
    ) {
      let paths = ["text", "sig", "signers"].map { "\(folder)/\($0)-\(UUID())" }
      for (path, bytes) in zip(paths, [text, signature, Array(signers.utf8)]) {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
      }
      return (
        Signatures.isPlainlyTrusted(text, signature, lab: lab, signers: Array(signers.utf8)),
        try Signatures.verify(paths[0], signature: paths[1], lab: lab, signers: paths[2]) == .trusted
      )
    }
  }

  private static let plain = "namespaces=\"bioarc-claims\""

  @Test func `plain lines are read here, and all others there`() throws {
    let desk = try Desk()
    let (own, other, rsa) = (try desk.key("own"), try desk.key("other"), try desk.key("rsa", "rsa"))
    let signature = try desk.sign("own")
    let line = "lab-a \(Self.plain) \(own)\n"
    let files: [(signers: String, here: Bool, there: Bool?)] = [
      (line, true, true), ("lab-a \(own)\n", true, true), ("# Käthe's\n\n  \(line)", true, true),
      ("lab-a\t\(Self.plain)\t\(own) a comment\n", true, true), ("lab-a \(Self.plain) \(own)", true, true),
      ("lab-a \(Self.plain) \(other)\n\(line)", true, true), ("lab-b nonsense\n\(line)", true, true),
      ("lab-b \(rsa)\n\(line)", true, true),
      // These are for `ssh-keygen` to judge.
      ("lab-a,lab-b \(Self.plain) \(own)\n", false, true), ("lab-* \(Self.plain) \(own)\n", false, true),
      ("\"lab-a\" \(Self.plain) \(own)\n", false, true), ("lab-b,!lab-a \(own)\n\(line)", false, true),
      ("lab-a namespaces=\"bioarc-*\" \(own)\n", false, true), ("lab-a valid-after=\"20200101\" \(own)\n", false, true),
      ("lab-a valid-before=\"20200101\" \(own)\n", false, false), ("lab-a cert-authority \(own)\n", false, false),
      ("lab-a namespaces=\"git\" \(own)\n", false, false), ("!lab-a \(own)\n", false, false),
      ("lab-a \(rsa)\n\(line)", false, true), (line.replacing("\n", with: "\r\n"), false, true),
      // Versions of `ssh-keygen` differ in these.
      ("lab-a nonsense\n\(line)", false, nil), ("lonely\n\(line)", false, nil),
      ("lab-a \(Self.plain) \(other)\n", false, false), ("lab-b \(own)\n", false, false), ("", false, false),
      ("lab-a \(Self.plain) \(own.dropLast(4))\n", false, false),
    ]
    for (signers, here, there) in files {
      let found = try desk.ask(desk.text, signature, signers)
      #expect(found.here == here && found.there == there ?? found.there, "\(signers): \(found)")
    }
  }

  @Test func `an edit, another purpose and other keys are not found sound here`() throws {
    let desk = try Desk()
    let own = try desk.key("own")
    let signature = try desk.sign("own")
    let signers = "lab-a \(Self.plain) \(own)\n"
    for (text, armor) in [
      (desk.text + [10], signature), ([], signature), (desk.text, try desk.sign("own", purpose: "git")),
      (desk.text, []),
      (desk.text, Array("-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n".utf8)),
    ] {
      let found = try desk.ask(text, armor, signers)
      #expect(!found.here && !found.there)
    }
    // A digest that is rare is for `ssh-keygen` to compute.
    let rare = try desk.ask(desk.text, desk.sign("own", hash: "sha256"), signers)
    #expect(!rare.here && rare.there)
    // Wherever a signature is changed, nothing is believed here that would not be there.
    for place in stride(from: 3, to: signature.count, by: 17) {
      var edited = signature
      edited[place] = edited[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      let found = try desk.ask(desk.text, edited, signers)
      #expect(!found.here || found.there, "\(place)")
      #expect(!found.here || place < 30 || place > signature.count - 30, "\(place)")
    }
    for type in ["rsa", "ecdsa"] {
      let key = try desk.key(type, type)
      let found = try desk.ask(desk.text, desk.sign(type), "lab-a \(Self.plain) \(key)\n")
      #expect(!found.here && found.there, "\(type)")
    }
  }

  @Test func `the time of a verdict is printed`() throws {
    let desk = try Desk()
    let signers = "lab-a \(Self.plain) \(try desk.key("own"))\n"
    let signature = try desk.sign("own")
    let seconds = { (count: Int, body: () throws -> Void) throws -> Double in
      let time = try ContinuousClock().measure { for _ in 0..<count { try body() } }
      return (time / count) / .seconds(1)
    }
    // Providers of the library are loaded once.
    let first = try seconds(1) {
      _ = Signatures.isPlainlyTrusted(desk.text, signature, lab: "lab-a", signers: Array(signers.utf8))
    }
    let here = try seconds(1000) {
      _ = Signatures.isPlainlyTrusted(desk.text, signature, lab: "lab-a", signers: Array(signers.utf8))
    }
    let there = try seconds(10) { _ = try desk.ask(desk.text, signature, signers) }
    print(
      "figure: a verdict takes \(Int(here * 1e6)) us here, the first one \(Int(first * 1e6)) us, "
        + "and \(Int(there * 1e6)) us by ssh-keygen")
  }

  /// The vectors of RFC 8032, section 7.1, and one that is changed.
  @Test func `signatures of the standard are sound`() {
    let bytes = { (hex: String) -> [UInt8] in
      let digits = Array(hex.utf8)
      return stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
      }
    }
    let key = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    var proof = bytes(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
    #expect(Ed25519.isSound(proof, of: [0x72], by: key) && !Ed25519.isSound(proof, of: [0x73], by: key))
    proof[40] ^= 1
    #expect(!Ed25519.isSound(proof, of: [0x72], by: key) && !Ed25519.isSound([], of: [0x72], by: key))
    #expect(PublicKey("ssh-ed25519", "AAAA") == nil)
  }
}
