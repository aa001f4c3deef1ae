/// The units in which an editor counts columns.
package enum PositionEncoding: String, Sendable, CaseIterable {
  case utf8 = "utf-8"
  case utf16 = "utf-16"
  case utf32 = "utf-32"

  /// The encoding to use with an editor that offers these; one that offers nothing counts in UTF-16.
  package static func chosen(from offered: [String]) -> PositionEncoding {
    [.utf8, .utf32].first { offered.contains($0.rawValue) } ?? .utf16
  }

  /// The units of a character that has so many bytes in UTF-8.
  func units(_ width: Int) -> Int {
    switch self {
    case .utf8: width
    case .utf16: width == 4 ? 2 : 1
    case .utf32: 1
    }
  }
}
