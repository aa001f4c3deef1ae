/// The files of a crate in words.
enum CrateFileNotes {
  /// A sentence on a file; nil for one that needs none.
  static func description(_ name: String) -> String? {
    switch name {
    case CrateReadme.name: "The crate in words, with the commands that check it."
    case Citation.name: "How to cite the crate."
    case License.file: "The terms under which the crate is published."
    case CrateNames.claims: "The lab's statement of every result, a line each, which the signature is of."
    case CrateNames.signature: "The SSH signature of the claims."
    case CrateNames.signers: "The public key that has signed the claims, as OpenSSH's allowed_signers."
    case StepsTable.name: "All steps: keys, outcomes, digests of outputs, times, and who has computed them."
    case StepStatement.name: "SLSA provenance of every result, an in-toto statement a line."
    case ModelSigner.publicName: "The public key that has signed the models."
    default: named(name)
    }
  }

  private static func named(_ name: String) -> String? {
    if name.hasPrefix("pipelines/") { return "The pipeline file." }
    if name.hasPrefix("stages/") { return "A part of a stage of the lab's own." }
    if name.hasPrefix(CrateNames.tables + "/") { return "Figures of all results of one kind, with all their digits." }
    return name.hasSuffix(".sig") ? "The OpenSSF signature of a model's folder." : nil
  }

  private static let types = [
    "yaml": "application/yaml", "yml": "application/yaml", "cff": "application/yaml", "csv": "text/csv",
    "md": "text/markdown", "json": "application/json", "jsonl": "application/jsonl", "py": "text/x-python",
    "sh": "application/x-sh", "R": "text/x-r", "pem": "application/x-pem-file", "txt": "text/plain",
  ]

  /// The media type by the end of a name.
  static func mediaType(_ name: String) -> String {
    if [CrateNames.claims, CrateNames.signers, License.file].contains(name) { return "text/plain" }
    if name.hasPrefix("models/"), name.hasSuffix(".sig") { return "application/vnd.dev.sigstore.bundle.v0.3+json" }
    if name == CrateNames.signature { return "text/plain" }
    return name.split(separator: ".").last.flatMap { types[String($0)] } ?? "application/octet-stream"
  }
}
