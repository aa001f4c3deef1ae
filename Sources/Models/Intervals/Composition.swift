/// Shares of a window's letters, in which negatives are matched.
package struct Composition: Hashable, Sendable {
  /// G and C among A, C, G and T.
  package var gc = 0.0
  /// Lower-case letters and N.
  package var masked = 0.0
  /// N.
  package var unknown = 0.0

  package init() {}

  /// The shares in `letters`, whose case says what is masked.
  package init(_ letters: UnsafeBufferPointer<UInt8>) {
    // Sums of table entries: bits 0, 16 and 32 count G or C, A C G or T, and masked letters; bit 48 counts N.
    var sum: UInt64 = 0
    var gc = 0, bases = 0, masked = 0, unknown = 0
    func drain() {
      gc += Int(sum & 0xFFFF)
      bases += Int(sum >> 16 & 0xFFFF)
      masked += Int(sum >> 32 & 0xFFFF)
      unknown += Int(sum >> 48)
      sum = 0
    }
    Self.table.withUnsafeBufferPointer { table in
      for (index, letter) in letters.enumerated() {
        sum &+= table[Int(letter)]
        if index & 0x7FFF == 0x7FFF { drain() }
      }
    }
    drain()
    self.gc = bases == 0 ? 0 : Double(gc) / Double(bases)
    self.masked = letters.isEmpty ? 0 : Double(masked) / Double(letters.count)
    self.unknown = letters.isEmpty ? 0 : Double(unknown) / Double(letters.count)
  }

  private static let table: [UInt64] = (0..<256).map { byte in
    let letter = UInt8(byte) & 0xDF
    let isMasked = byte & 0x20 != 0 || letter == UInt8(ascii: "N")
    let isBase = "ACGT".utf8.contains(letter)
    return (letter == UInt8(ascii: "G") || letter == UInt8(ascii: "C") ? 1 : 0) | (isBase ? 1 << 16 : 0)
      | (isMasked ? 1 << 32 : 0) | (letter == UInt8(ascii: "N") ? 1 << 48 : 0)
  }
}
