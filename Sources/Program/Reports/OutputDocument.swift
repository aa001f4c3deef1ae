package import JSON

/// One output as JSON.
package struct OutputDocument: Encodable {
  package let step: String
  package let output: String
  package let kind: String
  package let digest: String
  package let content: JSON

  package init(step: String, output: String, kind: String, digest: String, content: JSON) {
    self.step = step
    self.output = output
    self.kind = kind
    self.digest = digest
    self.content = content
  }
}
