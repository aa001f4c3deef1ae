import Files
import Foundation
import Testing

@testable import Signing

@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen"), "ssh-keygen is not here"))
struct SignatureTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bioarc-test-\(UUID())").path

  private func key(_ name: String, _ type: String = "ed25519") throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
    process.arguments = ["-q", "-t", type, "-N", "", "-C", "nobody", "-f", folder + "/" + name]
    try process.run()
    process.waitUntilExit()
    return folder + "/" + name
  }

  private func write(_ name: String, _ text: String) throws -> String {
    let path = folder + "/" + name
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// Keys of all sorts sign; an edit, another lab, another key and another purpose are not believed.
  @Test(arguments: ["ed25519", "ecdsa", "rsa"]) func `only a trusted key's signature of these bytes counts`(
    _ type: String
  ) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (own, other) = (try key("own", type), try key("other", type))
    let text = try write("claims", "bioarc-claims 1\n")
    let signature = try Signatures.sign(text, key: own)
    let line = { (key: String, purpose: String) in
      let words = try String(contentsOfFile: key + ".pub", encoding: .utf8).split(separator: " ")
      return "lab-a namespaces=\"\(purpose)\" \(words[0]) \(words[1])\n"
    }
    let trusted = try write("trusted", line(own, Signatures.namespace))
    let verdict = { (text: String, lab: String, signers: String) in
      try Signatures.verify(text, signature: signature, lab: lab, signers: signers)
    }
    #expect(try verdict(text, "lab-a", trusted) == .trusted)
    let refused: [(String, String, String, isSound: Bool)] = [
      (try write("edited", "bioarc-claims 1\n\n"), "lab-a", trusted, false), (text, "lab-b", trusted, true),
      (text, "lab-a", try write("stranger", line(other, Signatures.namespace)), true),
      (text, "lab-a", try write("purpose", line(own, "git")), true), (text, "lab-a", try write("nobody", ""), true),
    ]
    for (text, lab, signers, isSound) in refused {
      guard case .untrusted(let reason, let key) = try verdict(text, lab, signers) else {
        Issue.record("\(signers) is believed")
        continue
      }
      #expect(!reason.isEmpty)
      #expect((key?.hasPrefix("SHA256:") == true) == isSound, "\(signers): \(key ?? "no key")")
    }
    #expect(throws: Signatures.Failure.self) { try Signatures.sign(text, key: folder + "/nothing") }
  }
}
