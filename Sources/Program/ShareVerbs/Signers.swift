import Console
import Files
import Signing

/// The file of trusted keys, as verbs change it: comments stay.
enum Signers {
  static func lines(_ path: String) throws -> [String] {
    guard let bytes = try DiskFileSystem().contents(path) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
  }

  static func file(_ lines: [String]) -> SignersFile { SignersFile(Array(lines.joined(separator: "\n").utf8)) }

  static func write(_ lines: [String], _ path: String) throws {
    try ProjectFile.write(Array(lines.map { $0 + "\n" }.joined().utf8), path)
  }

  /// Whether a line trusts a key for that lab alone.
  static func trusts(_ lab: String, _ line: String) -> Bool { file([line]).lines.contains { $0.names == lab } }

  static func stranger(_ lab: String) -> Complaint {
    .usage("no key is trusted for '\(lab)'; see 'bioarc trust list'")
  }

  /// Names the lines that may trust more labs than they seem to: OpenSSH knows lists and patterns of names.
  static func noteWide(_ lines: [String]) {
    for line in file(lines).lines where line.isWide {
      Terminal.complain("note: look whether this line trusts it too: \(line.text)")
    }
  }
}
