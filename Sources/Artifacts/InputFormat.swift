/// How an input of a pipeline is laid out and decoded. Its name is what `format:` states.
package struct InputFormat: Sendable {
  package let name: String
  package let kind: ArtifactKind
  /// The files that a folder of this format is read for; only these count. Empty: the input is one file.
  package let files: [String]
  /// Names of options, as `sequence` (a column), with one line of help each.
  package let options: [(name: String, help: String)]
  package let help: String
  /// Reads the whole input, which messages call `name`, and returns what is wrong with it, each with file and line.
  package let findings: @Sendable (_ input: any InputArtifact, _ name: String) throws -> [String]

  package init(
    name: String, kind: ArtifactKind, files: [String], options: [(name: String, help: String)], help: String,
    findings: @escaping @Sendable (_ input: any InputArtifact, _ name: String) throws -> [String]
  ) {
    self.name = name
    self.kind = kind
    self.files = files
    self.options = options
    self.help = help
    self.findings = findings
  }
}
