import Console
import System

/// The terms under which results are published.
package enum License: Hashable, Sendable {
  /// An identifier of the SPDX list, as `CC-BY-4.0`.
  case spdx(String)
  case url(String)
  /// A text, which goes with the results.
  case text([UInt8])

  /// The name of the file that holds the text.
  package static let file = "LICENSE"

  /// Reads an address, the path of a text, or an SPDX identifier. Throws a `Complaint` for anything else.
  package init(_ given: String) throws {
    if given.hasPrefix("https://") || given.hasPrefix("http://") {
      self = .url(given)
    } else if FileKind(given) == .file {
      self = .text(try Places.read(given))
    } else if Self.isIdentifier(given) {
      self = .spdx(given)
    } else {
      throw Complaint.usage(
        "--license takes an SPDX identifier, as CC-BY-4.0, an address, or the path of a text; '\(given)' is none")
    }
  }

  /// The text that lies beside the folder of a pipeline, or in it; nil where there is none.
  package static func beside(_ pipeline: String) throws -> License? {
    for name in ["LICENSE", "LICENSE.txt", "LICENSE.md", "COPYING"] {
      let path = Places.beside(pipeline, name)
      if FileKind(path) == .file { return .text(try Places.read(path)) }
    }
    return nil
  }

  private static func isIdentifier(_ text: String) -> Bool {
    text.utf8.first.map { (65...90).contains($0 & 0xDF) || (48...57).contains($0) } ?? false
      && text.utf8.allSatisfy { (65...90).contains($0 & 0xDF) || (48...57).contains($0) || "-.+".utf8.contains($0) }
  }
}
