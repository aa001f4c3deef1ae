package import Sequences

/// How much of sequences is copied from others: words of theirs that occur there, of DNA on either strand. Memory grows
/// with these sequences alone; the others go by one after another.
package struct Copies: Sendable {
  private let words: PackedWords
  private let sequences: [[UInt8]]
  /// Every word of the sequences once, ascending, and whether it was found.
  private let known: [UInt64]
  private var isFound: [Bool]

  /// Letters of a word: 32 of DNA, 12 of proteins.
  package static func wordLength(_ alphabet: Alphabet) -> Int { alphabet == .dna ? 32 : 12 }

  package init(_ sequences: [[UInt8]], _ alphabet: Alphabet) {
    words = PackedWords(alphabet, length: Self.wordLength(alphabet))
    self.sequences = sequences
    var all: [UInt64] = []
    for sequence in sequences { words.forEach(sequence) { all.append($1) } }
    all.sort()
    known = all.enumerated().filter { $0.offset == 0 || all[$0.offset - 1] != $0.element }.map(\.element)
    isFound = [Bool](repeating: false, count: known.count)
  }

  private func place(_ word: UInt64) -> Int? {
    var (low, high) = (0, known.count)
    while low < high {
      let middle = (low + high) / 2
      if known[middle] < word { low = middle + 1 } else { high = middle }
    }
    return low < known.count && known[low] == word ? low : nil
  }

  /// Looks the words of another sequence up.
  package mutating func look(in other: [UInt8]) {
    var found: [Int] = []
    words.forEach(other) { _, word in if let place = place(word) { found.append(place) } }
    for place in found { isFound[place] = true }
  }

  /// Words of all sequences, those that were found, and the letters of the longest stretch whose words all were.
  package var result: (words: Int, found: Int, longest: Int) {
    var (count, found, longest) = (0, 0, 0)
    for sequence in sequences {
      var (run, last) = (0, -2)
      words.forEach(sequence) { start, word in
        count += 1
        guard let place = place(word), isFound[place] else { return }
        found += 1
        run = start == last + 1 ? run + 1 : 1
        last = start
        longest = max(longest, run + words.length - 1)
      }
    }
    return (count, found, longest)
  }
}
