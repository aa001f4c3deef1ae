/// A message that ends the program with a code.
struct Complaint: Error {
  let text: String
  let code: Int32
  /// Bad usage or a bad pipeline.
  static func usage(_ text: String) -> Complaint { Complaint(text: "error: \(text)", code: 2) }
  static func failure(_ text: String) -> Complaint { Complaint(text: "error: \(text)", code: 1) }
}
