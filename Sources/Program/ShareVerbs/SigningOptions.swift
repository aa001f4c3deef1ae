import ArgumentParser
import Console
import Files
import Sessions
import Sharing
import Stores
import Syntax
import System

/// Options of verbs that make claims: in whose name, and by which key.
struct SigningOptions: ParsableArguments {
  @Option(help: "The name of your lab. Default: 'lab' in bioarc-remotes.yaml.") var lab: String?
  @Option(
    help: """
      The SSH key by which the claims are signed: its file, or the public one of a key that an agent holds. Default: \
      BIOARC_SIGN.
      """)
  var sign: String?

  /// The lab, which must be named.
  func lab(_ project: Project) throws -> String {
    guard let lab = lab ?? project.file.lab else {
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

  /// The key; nil: nothing is signed.
  var key: String? { sign ?? Environment.variables["BIOARC_SIGN"].flatMap { $0.isEmpty ? nil : $0 } }

  /// The signature of a text, by a file beside others that go.
  func signature(of text: [UInt8]) throws -> [UInt8]? {
    guard let key else { return nil }
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let file = scratch.path + "/claims"
    try NewFile.write(file, text)
    return try DiskFileSystem().contents(Signatures.sign(file, key: key))
  }
}
