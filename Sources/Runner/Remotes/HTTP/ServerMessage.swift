import JSON
import Web

/// The words of a server about a request that it refuses.
package enum ServerMessage {
  /// One line, short: the message of a registry's JSON or of S3's XML; empty for anything else, as pages for people.
  package static func text(_ body: [UInt8]) -> String {
    let (code, message) = codeAndMessage(body)
    return String(
      [code, message].compactMap { $0 }.joined(separator: ": ").map { $0.isNewline ? " " : $0 }.prefix(200))
  }

  /// The code of an error, if the body states one.
  package static func code(_ body: [UInt8]) -> String? { codeAndMessage(body).code }

  private static func codeAndMessage(_ body: [UInt8]) -> (code: String?, message: String?) {
    guard body.count <= 1 << 16 else { return (nil, nil) }
    if let error = (try? JSON(parsing: body))?["errors"]?.array?.first {
      return (error["code"]?.string, error["message"]?.string)
    }
    if let json = try? JSON(parsing: body) {
      return (nil, json["message"]?.string ?? json["details"]?.string ?? json["error_description"]?.string)
    }
    guard let error = try? XMLElement(parsing: body), error.name == "Error" else { return (nil, nil) }
    return (error["Code"], error["Message"])
  }
}
