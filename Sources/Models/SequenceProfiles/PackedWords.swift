package import Sequences

/// Words of one length, each as a number: for DNA of up to 32 letters, the same for either strand; for proteins of up
/// to 12. Words with other letters than the alphabet's bases have none.
package struct PackedWords: Sendable {
  package let length: Int
  private let codes: [UInt64]
  private let bits: UInt64
  private let mask: UInt64
  private let isStranded: Bool
  private static let none = UInt64.max

  package init(_ alphabet: Alphabet, length: Int) {
    bits = alphabet == .dna ? 2 : 5
    precondition(length > 0 && Int(bits) * length <= 64, "words of \(length) letters")
    (self.length, isStranded) = (length, alphabet == .dna)
    mask = Int(bits) * length == 64 ? .max : 1 << (bits * UInt64(length)) - 1
    var codes = [UInt64](repeating: Self.none, count: 256)
    for (code, letter) in alphabet.bases.enumerated() { codes[Int(letter)] = UInt64(code) }
    self.codes = codes
  }

  /// Calls `body` with the start of every word of a sequence and its number, ascending.
  package func forEach(_ sequence: [UInt8], _ body: (_ start: Int, _ word: UInt64) -> Void) {
    var (word, other, known): (UInt64, UInt64, Int) = (0, 0, 0)
    let top = bits * UInt64(length - 1)
    for (index, letter) in sequence.enumerated() {
      let code = codes[Int(letter)]
      if code == Self.none {
        known = 0
        continue
      }
      word = (word << bits | code) & mask
      // Codes ascend as ACGT: a letter and its complement add up to 3.
      if isStranded { other = other >> bits | (3 - code) << top }
      known += 1
      if known >= length { body(index - length + 1, isStranded ? min(word, other) : word) }
    }
  }
}
