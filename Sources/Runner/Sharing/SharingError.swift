/// The reason for which something that came from elsewhere is not taken.
package enum SharingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Bytes that are not what they must be, in words.
  case malformed(String)
  /// Something that is larger than such a thing may be.
  case tooLarge(String)
  /// Something that is named and is not there.
  case missing(String)

  package var description: String {
    switch self {
    case .malformed(let text): text
    case .tooLarge(let text): "\(text) are larger than anybody needs"
    case .missing(let text): "\(text) is not there"
    }
  }
}
