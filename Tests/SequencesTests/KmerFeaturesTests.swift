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

  @Test func `the longest k-mers begin all others`() {
    let text = Array("ACGTTNGATTACAAC")
    let features = KmerFeatures(.dna, lengths: 2...3, bothStrands: true, words: 0, places: 9)
    #expect(features.columns == 16 + 64)
    let names = Self.names(.dna, 2...3)
    var found: [Int32] = []
    features.appendLongestKmers(Array(String(text).utf8), to: &found)
    #expect(found.prefix(4).map { names[Int($0)] } == ["ACG", "CGT", "GTT", "TT"])
    let parents = Dictionary(uniqueKeysWithValues: features.kmerPrefixes.map { ($0.column, $0.prefix) })
    let all = found.flatMap { column in [Int(column)] + (parents[Int(column)].map { [$0] } ?? []) }.map { names[$0] }
    let expected = (2...3).flatMap { length in
      (0...(text.count - length)).map { String(text[$0..<($0 + length)]) }.filter { !$0.contains("N") }
    }
    #expect(all.sorted() == expected.sorted())
    for (column, other) in features.complements.enumerated() {
      let letters = names[column].reversed().map { ["A": "T", "C": "G", "G": "C", "T": "A"][$0]! as String }
      #expect(names[other] == letters.joined())
    }
  }

  @Test func `words are features of their places`() {
    let features = KmerFeatures(.protein, lengths: 1...1, bothStrands: false, words: 2, places: 3)
    #expect(features.columns == 20 + 3 * 420)
    let names = Self.names(.protein, 1...2)
    var found: [Int32] = []
    features.appendLongestWords(Array("MKXAC".utf8), to: &found)
    #expect(found.map { "\($0 / 420) \(names[Int($0) % 420])" } == ["0 MK", "1 K"])
    #expect(features.wordPrefixes.count == 400 && features.wordPrefixes[21] == (41, 1))
    var short: [Int32] = []
    features.appendLongestWords(Array("W".utf8), to: &short)
    #expect(short == [18])
  }
}
