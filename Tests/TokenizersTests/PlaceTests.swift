import Sequences
import Testing
import Tokens

@testable import Tokenizers

/// The letters that tokens cover.
@Suite struct PlaceTests {
  private func places(_ tokenizer: Tokenizer, _ text: String) -> [Range<Int>] {
    tokenizer.places(of: tokenizer.encode(Array(text.utf8))[...], letters: text.utf8.count)
  }

  @Test func `places are where tokens have their letters`() {
    #expect(places(.character(.dna), "ACGN") == [0..<1, 1..<2, 2..<3, 3..<4])
    #expect(places(.kmer(3, stride: 1, .dna), "ACGTA") == [0..<3, 1..<4, 2..<5])
    #expect(places(.kmer(3, stride: 3, .dna), "ACGTACG") == [0..<3, 3..<6])
    #expect(places(.kmer(3, stride: 3, keepsTail: true, .dna), "ACGTACGA") == [0..<3, 3..<6, 6..<7, 7..<8])
    #expect(places(.kmer(2, stride: 3, keepsTail: true, .dna), "ACGTAC") == [0..<2, 3..<5])
    #expect(places(.kmer(3, stride: 3, keepsTail: true, .dna), "AC") == [0..<1, 1..<2])
  }

  /// Whatever the scheme, the letters of a token are those at its places.
  @Test(arguments: [1, 2, 3, 5], [1, 2, 3, 4, 7]) func `letters at places are those of tokens`(_ k: Int, _ stride: Int)
  {
    for tail in [false, true] {
      let tokenizer = Tokenizer.kmer(k, stride: stride, keepsTail: tail, .dna)
      for length in k...k + 12 {
        let letters = (0..<length).map { Array("ACGT".utf8)[($0 * 7 + $0 / 3) % 4] }
        let ids = tokenizer.encode(letters)
        let places = tokenizer.places(of: ids[...], letters: length)
        #expect(places.count == ids.count)
        for (id, range) in zip(ids, places) {
          #expect(range.upperBound <= length && Array(letters[range]) == tokenizer.bytes(of: id))
        }
        #expect(Set(places.joined()).count == length - tokenizer.lettersInNoToken(of: length))
      }
    }
  }

  @Test func `a sequence without a token is one unknown token`() {
    let tokenizer = Tokenizer.kmer(3, stride: 3, .dna)
    #expect(tokenizer.places(of: [SpecialToken.unknown], letters: 2) == [0..<2])
  }
}
