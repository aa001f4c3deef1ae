package import ArgumentParser
import Console
import Files
package import Sessions
import Sharing
import Signing
import Stores
import Syntax
import System

/// Options of verbs that make claims: in whose name, and by which key.
package struct SigningOptions: ParsableArguments {
  package init() {}

  @Option(help: "The name of your lab. Default: 'lab' in bioarc-remotes.yaml.") package var lab: String?
  @Option(
    help: """
      The SSH key by which the claims are signed: its file, or the public one of a key that an agent holds. Default: \
      BIOARC_SIGN.
      """)
  package var sign: String?

  /// The lab, which must be named.
  package func lab(_ project: Project) throws -> String { try Self.lab(lab, project) }

  /// The key; nil: nothing is signed.
  var key: String? { Self.key(sign) }

  /// The signature of a text; nil without a key.
  func signature(of text: [UInt8]) throws -> [UInt8]? { try key.map { try Self.signature(of: text, by: $0) } }

  static func lab(_ named: String?, _ project: Project) throws -> String {
    guard let lab = named ?? project.file.lab else {
      throw Complaint.usage(
        "name your lab with --lab, or in '\(project.remotesPath)': lower-case letters, digits and any of . _ -")
    }
    guard Claims.isLab(lab) else {
      throw Complaint.usage(
        "'\(lab)' cannot name a lab: up to 60 lower-case letters, digits and any of . _ -, beginning with none of these"
      )
    }
    return lab
  }

  static func key(_ named: String?) -> String? {
    named ?? Environment.variables["BIOARC_SIGN"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The signature of a text, by a file beside others that go.
  static func signature(of text: [UInt8], by key: String) throws -> [UInt8] {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let file = scratch.path + "/claims"
    try NewFile.write(file, text)
    let path = try Signatures.sign(file, key: key)
    guard let bytes = try DiskFileSystem().contents(path) else {
      throw Complaint.failure("the key '\(key)' has made no signature")
    }
    return bytes
  }
}
