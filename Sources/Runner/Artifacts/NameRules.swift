/// The letters of names and ids.
package enum NameRules {
  package static let nameRule = "a letter, then letters, digits, '_' and '-'"
  package static let idRule = "letters, digits and any of . _ + ~ -"

  /// A name of an input, a stage, an axis or a param.
  package static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
  }

  /// An id of an item of an axis: `[A-Za-z0-9._+~-]+`.
  package static func isID(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "._+~-".utf8.contains($0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { 97...122 ~= byte | 0x20 }
  private static func isDigit(_ byte: UInt8) -> Bool { 48...57 ~= byte }
}
