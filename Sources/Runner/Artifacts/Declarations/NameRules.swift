/// The letters of names and ids.
package enum NameRules {
  /// The rule of `isName`, in words.
  package static let nameRule = "a letter, then letters, digits, '_' and '-'"
  /// The rule of `isID`, in words.
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

  /// A name of a pin: 1 to 100 of `A-Z a-z 0-9 . _ + ~ -`, beginning with none of `. -`.
  package static func isPin(_ text: String) -> Bool {
    isID(text) && text.utf8.count <= 100 && !text.hasPrefix(".") && !text.hasPrefix("-")
  }

  /// A name of a file in a tree: a relative path that stays inside the tree.
  package static func isPath(_ text: String) -> Bool {
    !text.utf8.contains(0)
      && text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
      }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { 97...122 ~= byte | 0x20 }
  private static func isDigit(_ byte: UInt8) -> Bool { 48...57 ~= byte }
}
