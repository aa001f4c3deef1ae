package import Sequences

/// How much of sequences is copied from others: words of theirs that occur there, of DNA on either strand. Memory grows
/// with these sequences alone; the others go by one after another.
package struct Copies: Sendable {
  private let sequences: [[UInt8]]
  /// Every word of the sequences, and by its place whether it was found.
  private let known: WordSet
  private var isFound: [Bool]

  /// Letters of a word: 32 of DNA, 12 of proteins.
  package static func wordLength(_ alphabet: Alphabet) -> Int { alphabet == .dna ? 32 : 12 }

  package init(_ sequences: [[UInt8]], _ alphabet: Alphabet) {
    self.sequences = sequences
    var known = WordSet(PackedWords(alphabet, length: Self.wordLength(alphabet)))
    known.add(sequences)
    self.known = known
    isFound = [Bool](repeating: false, count: known.count)
  }

  /// Looks the words of another sequence up.
  package mutating func look(in other: [UInt8]) {
    var found: [Int] = []
    known.words.forEach(other) { _, word in if let place = known.place(of: word) { found.append(place) } }
    for place in found { isFound[place] = true }
  }

  /// Words of all sequences, those that were found, and the letters of the longest stretch whose words all were.
  package var result: (words: Int, found: Int, longest: Int) {
    var (count, found, longest) = (0, 0, 0)
    for sequence in sequences {
      var (run, last) = (0, -2)
      known.words.forEach(sequence) { start, word in
        count += 1
        guard let place = known.place(of: word), isFound[place] else { return }
        found += 1
        run = start == last + 1 ? run + 1 : 1
        last = start
        longest = max(longest, run + known.words.length - 1)
      }
    }
    return (count, found, longest)
  }
}
