package import Sequences

extension Tokenizer {
  /// Whether it is made for these letters. Bytes and BPE are made for any.
  package func reads(_ alphabet: Alphabet) -> Bool {
    switch scheme {
    case .character, .kmer: alphabet == self.alphabet
    case .byte, .bpe: true
    }
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
