/// Features of a sequence for a linear model: the count of each k-mer, and the words at each place.
///
/// Columns 0 ..< `kmerColumns` are k-mers of all lengths, those of the shortest first, each length in lexicographic
/// order; then, by place, the words that begin there, in the same order. A k-mer or word with another letter than the
/// alphabet's bases has no column.
///
/// Words are a tree, in which each hangs below the word without its last letter. All that begin at a letter lie on one
/// path down, so that with sums along paths the features of all lengths are one look-up, of the longest word.
package struct KmerFeatures: Hashable, Sendable {
  package let alphabet: Alphabet
  /// Lengths of k-mers.
  package let lengths: ClosedRange<Int>
  /// Whether k-mers of the reverse complement are counted too; requires DNA.
  package let countsBothStrands: Bool
  /// Words of 1 ... `words` letters count at their places 0 ..< `places`; later ones do not. 0: none do.
  package let words: Int
  package let places: Int

  private let base: Int
  /// By byte: the number of a base, or -1.
  private let numbers: [Int8]
  /// By length: the first column of its k-mers; by length: the first of its words at a place.
  private let kmerStarts: [Int]
  private let wordStarts: [Int]
  package let kmerColumns: Int
  /// Columns of a place.
  package let wordColumns: Int

  /// The number of all columns.
  package var columns: Int { kmerColumns + places * wordColumns }

  package init(_ alphabet: Alphabet, lengths: ClosedRange<Int>, bothStrands: Bool, words: Int, places: Int) {
    precondition(lengths.lowerBound > 0 && words >= 0 && places >= 0, "k-mers of \(lengths), words of \(words)")
    precondition(!bothStrands || alphabet == .dna, "a protein has one strand")
    self.alphabet = alphabet
    self.lengths = lengths
    countsBothStrands = bothStrands
    self.words = words
    self.places = words == 0 ? 0 : places
    let base = alphabet.bases.count
    self.base = base
    var numbers = [Int8](repeating: -1, count: 256)
    for (number, letter) in alphabet.bases.enumerated() { numbers[Int(letter)] = Int8(number) }
    self.numbers = numbers
    /// The first column of each length up to `last`, and the end.
    func starts(_ first: Int, _ last: Int) -> [Int] {
      var starts = [Int](repeating: 0, count: last + 2)
      for length in 1...(last + 1) {
        starts[length] =
          starts[length - 1] + (length - 1 < first ? 0 : (0..<(length - 1)).reduce(1) { n, _ in n * base })
      }
      return starts
    }
    kmerStarts = starts(lengths.lowerBound, lengths.upperBound)
    wordStarts = starts(1, max(1, words))
    kmerColumns = kmerStarts[lengths.upperBound + 1]
    wordColumns = words == 0 ? 0 : wordStarts[words + 1]
  }

  /// Appends the column of the longest k-mer that begins at each letter of one strand, where there is one.
  package func appendLongestKmers(_ sequence: [UInt8], to columns: inout [Int32]) {
    forEachLongest(sequence, sequence.count, lengths.upperBound) { _, length, word in
      if length >= lengths.lowerBound { columns.append(Int32(kmerStarts[length] + word)) }
    }
  }

  /// Appends the longest word at each place, as its distance from the first column of a word.
  package func appendLongestWords(_ sequence: [UInt8], to columns: inout [Int32]) {
    guard words > 0 else { return }
    forEachLongest(sequence, min(places, sequence.count), words) { place, length, word in
      if length > 0 { columns.append(Int32(place * wordColumns + wordStarts[length] + word)) }
    }
  }

  /// Calls `body` with the longest word of known letters at each of the first places, of at most `longest`.
  @inline(__always) private func forEachLongest(
    _ sequence: [UInt8], _ places: Int, _ longest: Int, _ body: (_ place: Int, _ length: Int, _ word: Int) -> Void
  ) {
    for place in 0..<places {
      var word = 0, length = 0
      while length < longest, place + length < sequence.count {
        let number = Int(numbers[Int(sequence[place + length])])
        guard number >= 0 else { break }
        word = word * base + number
        length += 1
      }
      body(place, length, word)
    }
  }

  /// By column of a k-mer: that of its reverse complement. Requires DNA.
  package var complements: [Int] {
    precondition(alphabet == .dna, "the complement of a protein")
    return lengths.flatMap { length in
      (0..<(kmerStarts[length + 1] - kmerStarts[length])).map { word in
        var (rest, complement) = (word, 0)
        for _ in 0..<length { (rest, complement) = (rest / base, complement * base + (base - 1 - rest % base)) }
        return kmerStarts[length] + complement
      }
    }
  }

  /// Each column of a k-mer with that of the k-mer without its last letter, prefixes first.
  package var kmerPrefixes: [(column: Int, prefix: Int)] { prefixes(kmerStarts, lengths) }

  /// Each word of a place with the word without its last letter, as distances from the first column of the place,
  /// prefixes first.
  package var wordPrefixes: [(column: Int, prefix: Int)] { words > 0 ? prefixes(wordStarts, 1...words) : [] }

  private func prefixes(_ starts: [Int], _ lengths: ClosedRange<Int>) -> [(column: Int, prefix: Int)] {
    lengths.dropFirst().flatMap { length in
      (0..<(starts[length + 1] - starts[length])).map { (starts[length] + $0, starts[length - 1] + $0 / base) }
    }
  }
}
