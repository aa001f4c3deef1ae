package import JSON

/// One output as JSON.
package struct OutputDocument: Encodable {
  let step: String
  let output: String
  let kind: String
  let digest: String
  let content: JSON
  /// The findings of audits of the task that the step reads; nil without any.
  let audits: JSON?

  package init(step: String, output: String, kind: String, digest: String, content: JSON, audits: JSON? = nil) {
    self.step = step
    self.output = output
    self.kind = kind
    self.digest = digest
    self.content = content
    self.audits = audits
  }
}
