package import Artifacts

/// Inputs that stages of a lab's own read and no built-in one does.
package enum PlainFile {
  /// The format `any` of inputs of the kind `file`: nothing of its content is checked.
  package static let format = InputFormat(
    name: "any", kind: .file, options: [], help: "A file as it is, for stages of your own.",
    example: """
      variants: { path: avgfp.tsv.gz, kind: file, format: any }
      """, findings: { _, _ in [] })
}
