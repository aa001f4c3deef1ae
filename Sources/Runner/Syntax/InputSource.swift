package import Artifacts
package import Web

/// The source of an input's bytes, as a pipeline names it.
package enum InputSource: Hashable, Sendable {
  /// A file or folder, relative to the working directory, or absolute.
  case path(String)
  /// A file of the web, known by the SHA-256 of its bytes as they are sent; nil: nobody has stated it yet.
  case url(WebAddress, sha256: Digest?)
  /// An output of a result that another pipeline made: by the key of the step, and the port where there are several.
  case result(Digest, output: String?)

  /// The place in words: a path, an address, or the beginning of a key.
  package var place: String {
    switch self {
    case .path(let path): path
    case .url(let address, _): address.text
    case .result(let key, let output): "result \(key.short)" + (output.map { ".\($0)" } ?? "")
    }
  }

  /// The path of a file or folder on this machine.
  package var localPath: String? { if case .path(let path) = self { path } else { nil } }

  /// The address that a text names: http or https, and no secret in it. Else the fault, in words.
  package static func address(_ text: String) -> (address: WebAddress?, fault: String) {
    guard let colon = text.firstRange(of: "://") else { return (nil, "be an address as https://HOST/FILE") }
    if !["http", "https"].contains(text[..<colon.lowerBound].lowercased()) {
      return (nil, "begin with https://, or with http://")
    }
    if text[colon.upperBound...].prefix(while: { $0 != "/" }).contains("@") {
      return (nil, "have no user and no password: the file of a pipeline is for everybody")
    }
    guard let address = WebAddress(text) else {
      return (nil, "be an address as https://HOST/FILE; write other letters than those of URLs as %20")
    }
    return (address, "")
  }
}
