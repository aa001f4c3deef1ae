import Artifacts
import Console
import Files
import JSON
import Stores
import System
import Web

/// Signs models as OpenSSF Model Signing 1.0 has it, by an EC key: a DSSE envelope of an in-toto statement with the
/// digest of every file. `openssl` reads the key; this program never does.
struct ModelSigner {
  /// The file of the public key in a crate.
  static let publicName = "model-key.pem"

  private static let payloadType = "application/vnd.in-toto+json"
  private static let seconds = 60.0

  private let key: String
  /// As PEM.
  let publicKey: [UInt8]

  /// Throws a `Complaint` for a file that is no private key on the curve P-256, which is what every verifier takes.
  init(key: String) throws {
    self.key = key
    let text = try Self.openssl(["pkey", "-in", key, "-noout", "-text_pub"], "read the key '\(key)'")
    guard text.contains("prime256v1") else {
      throw Complaint.failure(
        "'\(key)' is no EC key on P-256: 'openssl ecparam -name prime256v1 -genkey -noout -out KEY' makes one")
    }
    publicKey = Array(try Self.openssl(["pkey", "-in", key, "-pubout"], "read the key '\(key)'").utf8)
  }

  /// The signature of a model's folder of that name, whose files these are.
  func sign(_ name: String, _ files: [(name: String, digest: Digest)]) throws -> [UInt8] {
    let payload = Self.statement(name, files).bytes(.line)
    let signature = try sign(Self.envelope(payload))
    return JSON.object([
      ("mediaType", .string("application/vnd.dev.sigstore.bundle.v0.3+json")),
      (
        "verificationMaterial",
        .object([
          ("publicKey", .object([("hint", .string(Digest.of(publicKey).hex))])), ("tlogEntries", .array([])),
        ])
      ),
      (
        "dsseEnvelope",
        .object([
          ("payload", .string(Base64.encoded(payload))), ("payloadType", .string(Self.payloadType)),
          (
            "signatures",
            .array([.object([("sig", .string(Base64.encoded(signature))), ("keyid", .string(""))])])
          ),
        ])
      ),
    ]).bytes(.line)
  }

  /// The statement that is signed. Its subject is the digest over the binary digests of all files, ascending by name.
  static func statement(_ name: String, _ files: [(name: String, digest: Digest)]) -> JSON {
    let sorted = files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    var all: [UInt8] = []
    for file in sorted { file.digest.append(to: &all) }
    let resources = sorted.map { file in
      JSON.object([
        ("name", .string(file.name)), ("algorithm", .string("sha256")), ("digest", .string(file.digest.hex)),
      ])
    }
    let subject = JSON.object([
      ("name", .string(name)), ("digest", .object([("sha256", .string(Digest.of(all).hex))])),
    ])
    let serialization = JSON.object([
      ("method", .string("files")), ("hash_type", .string("sha256")), ("allow_symlinks", .bool(false)),
      ("ignore_paths", .array([])),
    ])
    return .object([
      ("_type", .string("https://in-toto.io/Statement/v1")), ("subject", .array([subject])),
      ("predicateType", .string("https://model_signing/signature/v1.0")),
      ("predicate", .object([("serialization", serialization), ("resources", .array(resources))])),
    ])
  }

  /// The bytes that a DSSE signature is of.
  private static func envelope(_ payload: [UInt8]) -> [UInt8] {
    Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
  }

  private func sign(_ bytes: [UInt8]) throws -> [UInt8] {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let (text, signature) = (scratch.path + "/text", scratch.path + "/signature")
    try NewFile.write(text, bytes)
    let arguments = ["dgst", "-sha256", "-sign", key, "-out", signature]
    // From version 3.2 on, openssl makes the same signature of the same bytes when it is asked to.
    if (try? Self.openssl(arguments + ["-sigopt", "nonce-type:1", text], "")) == nil {
      _ = try Self.openssl(arguments + [text], "sign by the key '\(key)'")
    }
    return try DiskFileSystem().contents(signature) ?? []
  }

  /// The output of the program.
  private static func openssl(_ arguments: [String], _ purpose: String) throws -> String {
    let ending: ChildProcess.Ending
    do { ending = try ChildProcess.run(["openssl"] + arguments, seconds: seconds) } catch {
      throw Complaint.failure("'openssl', which signs models, could not be started: \(error)")
    }
    guard ending.status == 0 else {
      throw Complaint.failure(
        ending.status == 127
          ? "'openssl', which signs models, is not installed"
          : "openssl could not \(purpose): \(PlainText.of(String(ending.message.prefix(300))))")
    }
    return ending.output
  }
}
