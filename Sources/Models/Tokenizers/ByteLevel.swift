/// The byte-level alphabet of GPT-2, in which `tokenizer.json` writes bytes as visible characters: printable ASCII and
/// Latin-1 letters stand for themselves, the other 68 bytes for U+0100 and up, in their order.
enum ByteLevel {
  /// By byte.
  static let characters: [UnicodeScalar] = {
    var next: UInt32 = 0x100
    return (UInt32(0)..<256).map { byte in
      if (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte) {
        return UnicodeScalar(byte)!
      }
      defer { next += 1 }
      return UnicodeScalar(next)!
    }
  }()

  private static let bytes: [UnicodeScalar: UInt8] = {
    var table: [UnicodeScalar: UInt8] = [:]
    for (byte, scalar) in characters.enumerated() { table[scalar] = UInt8(byte) }
    return table
  }()

  static func encode(_ bytes: [UInt8]) -> String {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(characters[Int(byte)]) }
    return text
  }

  /// nil when a character stands for no byte.
  static func decode(_ text: String) -> [UInt8]? {
    var result: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = bytes[scalar] else { return nil }
      result.append(byte)
    }
    return result
  }
}
