/// The strand of DNA across from another.
package enum Complement {
  /// The nucleotide across: of A, C, G and T; of the IUPAC codes for several, that of their complements.
  package static func of(_ letter: UInt8) -> UInt8 { table[Int(letter)] }

  private static let table: [UInt8] = {
    var table = (0...255).map { UInt8($0) }
    for (letter, other) in zip("ACGTRYSWKMBDHVN".utf8, "TGCAYRSWMKVHDBN".utf8) { table[Int(letter)] = other }
    return table
  }()

  /// The other strand, from its 5' end.
  package static func reversed(_ sequence: [UInt8]) -> [UInt8] { sequence.reversed().map(of) }

  /// The strand that comes first in bytes: one name for both.
  package static func smaller(_ sequence: [UInt8]) -> [UInt8] {
    let other = reversed(sequence)
    return other.lexicographicallyPrecedes(sequence) ? other : sequence
  }
}
