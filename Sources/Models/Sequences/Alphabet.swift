/// The letters that a sequence may have, and the form in which each is stored.
///
/// DNA accepts the IUPAC nucleotides `ACGTRYSWKMBDHVN` and `U`, which is stored as `T` so that RNA and DNA
/// of one molecule are equal. Protein accepts the 20 amino acids, `B J O U X Z`, and one `*` as the last letter,
/// which is dropped. Lower case is accepted and stored as upper case, unless the reader asks for masked letters.
package enum Alphabet: String, Sendable, CaseIterable {
  case dna, protein

  /// The letters that k-mers are made of, ascending.
  package var bases: [UInt8] {
    switch self {
    case .dna: Array("ACGT".utf8)
    case .protein: Array("ACDEFGHIKLMNPQRSTVWY".utf8)
    }
  }

  /// Every letter that a stored sequence may have, ascending.
  package var letters: [UInt8] {
    switch self {
    case .dna: Array("ABCDGHKMNRSTVWY".utf8)
    case .protein: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
    }
  }

  /// The tokens of the `character` scheme: for DNA `A C G N T` (other IUPAC codes are unknown), for protein all
  /// letters.
  package var characters: [UInt8] {
    switch self {
    case .dna: Array("ACGNT".utf8)
    case .protein: letters
    }
  }

  /// The letter that stands for "any": `N` or `X`.
  package var unknown: UInt8 { self == .dna ? UInt8(ascii: "N") : UInt8(ascii: "X") }

  /// The noun for a letter in messages.
  package var noun: String { self == .dna ? "nucleotide" : "amino acid" }

  /// By byte: the letter that is stored for it, or 0 when it is illegal. `*` is not in the table.
  package var storage: [UInt8] { storage(keepsCase: false) }

  /// With `keepsCase`, lower-case letters are stored as they are.
  func storage(keepsCase: Bool) -> [UInt8] {
    let lower: UInt8 = keepsCase ? 0x20 : 0
    var table = [UInt8](repeating: 0, count: 256)
    for letter in letters {
      table[Int(letter)] = letter
      table[Int(letter | 0x20)] = letter | lower
    }
    if self == .dna {
      table[Int(UInt8(ascii: "U"))] = UInt8(ascii: "T")
      table[Int(UInt8(ascii: "u"))] = UInt8(ascii: "T") | lower
    }
    return table
  }
}
