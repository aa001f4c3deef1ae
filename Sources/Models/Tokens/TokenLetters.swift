/// The letters for which the tokens of a tokenizer stand, as far as an objective reads them.
package struct TokenLetters: Hashable, Sendable {
  /// By id; empty: each token is one letter.
  private let lengths: [Int]
  /// Ids of letters that are themselves unknown (N), and of tokens of none, ascending.
  private let unknown: [Int32]
  /// nil where no token shares a letter with another.
  package let overlap: KmerOverlap?

  /// Every token but the special ones is one known letter.
  package static let plain = TokenLetters(lengths: [], unknown: [])

  package init(lengths: [Int], unknown: [Int32], overlap: KmerOverlap? = nil) {
    self.lengths = lengths
    self.unknown = unknown
    self.overlap = overlap
  }

  /// The number of letters that a token covers.
  package func count(_ id: Int32) -> Int { lengths.isEmpty ? 1 : lengths[Int(id)] }

  /// Whether the letters of a token are known, so that they can be asked for.
  package func isKnown(_ id: Int32) -> Bool { id >= SpecialToken.count && !unknown.contains(id) }

  /// The letters from the start of a token to that of the next.
  package func step(from id: Int32, to next: Int32) -> Int {
    guard let overlap, isPlacedAsKmer(id), isPlacedAsKmer(next) else { return count(id) }
    return overlap.stride
  }

  /// [UNK] stands for a k-mer, but at an end, where nothing depends on its place.
  private func isPlacedAsKmer(_ id: Int32) -> Bool { id == SpecialToken.unknown || overlap?.isKmer(id) == true }

  /// A known token, uniform for a uniform word; nil in a vocabulary without one.
  package func draw(_ word: UInt32, vocabulary: Int) -> Int32? {
    let known = vocabulary - Int(SpecialToken.count) - unknown.count
    if known <= 0 { return nil }
    var id = SpecialToken.count + Int32((UInt64(word) * UInt64(known)) >> 32)
    for other in unknown where other <= id { id += 1 }
    return id
  }
}
