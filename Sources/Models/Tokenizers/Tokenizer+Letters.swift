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

  /// The letters for which its tokens stand. Letters of `character` that k-mers do not know (`N`, `X`) are unknown;
  /// bytes and BPE do not say which letters are.
  package var letters: TokenLetters {
    var unknown: [Int32] = []
    if case .character = scheme {
      let ids = SpecialToken.count..<Int32(vocabularySize)
      unknown = ids.filter { !alphabet.bases.contains(bytes(of: $0)[0]) }
    }
    var overlap: KmerOverlap?
    if case .kmer(let k, let stride, _) = scheme, stride < k {
      overlap = KmerOverlap(k: k, stride: stride, bases: alphabet.bases.count)
    }
    return TokenLetters(lengths: baseLengths, unknown: unknown, overlap: overlap)
  }

  /// Whether token i is letter i.
  package var isOfLetters: Bool {
    switch scheme {
    case .character, .byte: true
    case .kmer(let k, let stride, _): k == 1 && stride == 1
    case .bpe: false
    }
  }
}
