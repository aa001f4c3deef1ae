package import Sequences
package import Tokens

extension Tokenizer {
  /// Whether it is made for these letters. Bytes and BPE are made for any.
  package func reads(_ alphabet: Alphabet) -> Bool {
    switch scheme {
    case .character, .kmer: alphabet == self.alphabet
    case .byte, .bpe: true
    }
  }

  /// The letters for which its tokens stand. Unknown are tokens with a letter that k-mers do not know (`N`, `X`), and
  /// tags; bytes do not say which letters are.
  package var letters: TokenLetters {
    var unknown: [Int32] = []
    if let alphabet = writtenAlphabet {
      let bases = Set(alphabet.bases)
      let ids = SpecialToken.count..<Int32(untaggedSize)
      unknown = ids.filter { !bytes(of: $0).allSatisfy { bases.contains(Self.upperCase($0)) } }
    }
    var overlap: KmerOverlap?
    if case .kmer(let k, let stride, _) = scheme, stride < k {
      overlap = KmerOverlap(k: k, stride: stride, bases: alphabet.bases.count)
    }
    unknown += Int32(untaggedSize)..<Int32(vocabularySize)
    return TokenLetters(lengths: baseLengths, unknown: unknown, overlap: overlap)
  }

  /// The alphabet of tokens that may hold unknown letters. A BPE is of the first alphabet that has all of its letters.
  private var writtenAlphabet: Alphabet? {
    switch scheme {
    case .character: return alphabet
    // A k-mer with an unknown letter is [UNK].
    case .kmer, .byte: return nil
    case .bpe:
      let letters = Set(bpe!.tokens.dropFirst(SpecialToken.names.count).joined().map(Self.upperCase))
      return [.dna, .protein].first { letters.isSubset(of: $0.characters) }
    }
  }

  private static func upperCase(_ letter: UInt8) -> UInt8 { (97...122).contains(letter) ? letter - 32 : letter }

  /// Whether token i is letter i.
  package var isOfLetters: Bool {
    switch scheme {
    case .character, .byte: true
    case .kmer(let k, let stride, _): k == 1 && stride == 1
    case .bpe: false
    }
  }
}
