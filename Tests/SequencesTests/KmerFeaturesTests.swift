import Sequences
import Testing

@Suite struct KmerFeaturesTests {
  /// The plain definition: words by their letters, in the order of columns.
  private static func names(_ alphabet: Alphabet, _ lengths: ClosedRange<Int>) -> [String] {
    let letters = alphabet.bases.map { String(decoding: [$0], as: UTF8.self) }
    return lengths.flatMap { length in
      (1..<length).reduce(letters) { words, _ in words.flatMap { word in letters.map { word + $0 } } }
    }
  }

  private static func complement(_ text: String) -> String {
    String(text.reversed().map { ["A": "T", "C": "G", "G": "C", "T": "A"][$0] ?? $0 })
  }

  @Test(arguments: [false, true]) func `k-mers of one or both strands are counted`(_ both: Bool) {
    let text = "ACGTTNGATTACAAC"
    let features = KmerFeatures(.dna, lengths: 2...3, bothStrands: both, words: 0, places: 9)
    #expect(features.columns == 16 + 64)
    let names = Self.names(.dna, 2...3)
    var found: [String] = []
    features.forEachKmer(Array(text.utf8)) { found.append(names[$0]) }
    var expected: [String] = []
    for strand in both ? [text, Self.complement(text)] : [text] {
      let letters = Array(strand)
      for length in 2...3 {
        for i in 0...(letters.count - length) where !letters[i..<(i + length)].contains("N") {
          expected.append(String(letters[i..<(i + length)]))
        }
      }
    }
    #expect(found.sorted() == expected.sorted())
  }

  @Test func `words are features of their places`() {
    let features = KmerFeatures(.protein, lengths: 1...1, bothStrands: false, words: 2, places: 3)
    #expect(features.columns == 20 + 3 * 420)
    let names = Self.names(.protein, 1...2)
    var found: [String] = []
    features.forEachWord(Array("MKXAC".utf8)) { column in
      found.append("\((column - 20) / 420) \(names[(column - 20) % 420])")
    }
    #expect(found == ["0 M", "0 MK", "1 K"])
    var short: [Int] = []
    features.forEachWord(Array("W".utf8)) { short.append($0) }
    #expect(short.count == 1)
  }
}
