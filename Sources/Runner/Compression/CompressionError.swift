import Artifacts

/// The reason for which compressed bytes have no content.
package enum CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The bytes end inside a frame or member of this format.
  case truncated(String)
  /// The bytes are no such format; the library's reason.
  case malformed(String, String)
  /// A zip archive without the member that was asked for; the names of those that it has.
  case noMember(String, [String])

  package var description: String {
    switch self {
    case .truncated(let format): "the \(format) data ends early: the file is truncated"
    case .malformed(let format, let reason): "not valid \(format) data: \(reason)"
    case .noMember(let name, let names):
      "the archive has no member `\(name)`; it has \(names.joined(separator: ", "))"
    }
  }
}
