/// One letter for another, as `M182T`: the letter, its position from 1, and the letter in its place.
package struct Substitution: Hashable, Sendable {
  package let from: UInt8
  package let position: Int
  package let to: UInt8

  /// nil for a text of another form. Letters are taken as upper case; a stop is `*`.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 3, let first = Self.letter(bytes[0]), let last = Self.letter(bytes[bytes.count - 1]),
      bytes[1..<bytes.count - 1].allSatisfy({ (48...57).contains($0) }),
      let position = Int(String(decoding: bytes[1..<bytes.count - 1], as: UTF8.self)), position > 0
    else { return nil }
    (from, self.position, to) = (first, position, last)
  }

  private static func letter(_ byte: UInt8) -> UInt8? {
    if byte == UInt8(ascii: "*") { return byte }
    let upper = byte & 0xDF
    return (65...90).contains(upper) ? upper : nil
  }
}
