/// A message that ends the program with a code.
package struct Complaint: Error {
  package let text: String
  package let code: Int32

  package init(text: String, code: Int32) {
    self.text = text
    self.code = code
  }
  /// Bad usage or a bad pipeline.
  package static func usage(_ text: String) -> Complaint { Complaint(text: "error: \(text)", code: 2) }
  package static func failure(_ text: String) -> Complaint { Complaint(text: "error: \(text)", code: 1) }
}
