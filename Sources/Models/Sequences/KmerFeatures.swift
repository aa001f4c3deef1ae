/// Features of a sequence for a linear model: the count of each k-mer, and the words at each place.
///
/// Columns 0 ..< `kmerColumns` are k-mers of all lengths, those of the shortest first, each length in lexicographic
/// order; then, by place, the words that begin there, in the same order. A k-mer or word with another letter than the
/// alphabet's bases has no column.
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
  private let wordColumns: Int

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

  /// Calls `body` with the column of each occurrence of a k-mer, on each strand that counts.
  package func forEachKmer(_ sequence: [UInt8], _ body: (Int) -> Void) {
    for length in lengths {
      let size = (0..<length).reduce(1) { n, _ in n * base }
      let top = size / base
      var forward = 0, backward = 0, known = 0
      for letter in sequence {
        let number = Int(numbers[Int(letter)])
        guard number >= 0 else {
          known = 0
          continue
        }
        forward = (forward * base + number) % size
        // The complement of number n of A, C, G, T is 3 - n.
        backward = backward / base + (base - 1 - number) * top
        known += 1
        guard known >= length else { continue }
        body(kmerStarts[length] + forward)
        if countsBothStrands { body(kmerStarts[length] + backward) }
      }
    }
  }

  /// Calls `body` with the column of each word at its place, columns of a place ascending.
  package func forEachWord(_ sequence: [UInt8], _ body: (Int) -> Void) {
    guard words > 0 else { return }
    for place in 0..<min(places, sequence.count) {
      var word = 0
      for length in 1...words where place + length <= sequence.count {
        let number = Int(numbers[Int(sequence[place + length - 1])])
        guard number >= 0 else { break }
        word = word * base + number
        body(kmerColumns + place * wordColumns + wordStarts[length] + word)
      }
    }
  }
}
