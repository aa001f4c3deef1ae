import Files
import Foundation
import Signing
import Stores
import TestSupport

@testable import Sharing

/// A key, and a file that trusts it for 'lab-a'.
final class Signer {
  private let folder: ScratchFolder
  var signers: String { folder.path + "/signers" }

  static let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen")

  init() throws {
    folder = try ScratchFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
    process.arguments = ["-q", "-t", "ed25519", "-N", "", "-C", "nobody", "-f", folder.path + "/key"]
    try process.run()
    process.waitUntilExit()
    let words = try String(contentsOfFile: folder.path + "/key.pub", encoding: .utf8).split(separator: " ")
    try "lab-a namespaces=\"bioarc-claims\" \(words[0]) \(words[1])\n".write(
      toFile: signers, atomically: true, encoding: .utf8)
  }

  deinit { folder.remove() }

  func sign(_ text: [UInt8]) throws -> [UInt8] {
    let path = folder.path + "/" + UUID().uuidString
    try Data(text).write(to: URL(fileURLWithPath: path))
    return Array(try Data(contentsOf: URL(fileURLWithPath: Signatures.sign(path, key: folder.path + "/key"))))
  }
}
