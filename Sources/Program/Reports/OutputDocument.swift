package import JSON

/// One output as JSON.
package struct OutputDocument: Encodable {
  let step: String
  let output: String
  let kind: String
  let digest: String
  let content: JSON

  package init(step: String, output: String, kind: String, digest: String, content: JSON) {
    self.step = step
    self.output = output
    self.kind = kind
    self.digest = digest
    self.content = content
  }
}
