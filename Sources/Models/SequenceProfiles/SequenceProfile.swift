package import Sequences

/// Counts of a group of sequences.
package struct SequenceProfile: Sendable {
  private let alphabet: Alphabet
  private let isReference: Bool
  package private(set) var lengths: [Int] = []
  /// Letters that are none of the alphabet's bases.
  package private(set) var unknown = 0
  /// By sequence, the share of G and C of its known letters; of DNA.
  package private(set) var gc: [Double] = []
  /// For k from 1 on.
  package private(set) var spectra: [KmerSpectrum]
  package private(set) var frames = Frames()
  /// Letters in words of `repeatLength` letters that occur again in the same sequence, of DNA on either strand.
  package private(set) var repeated = 0
  /// Windows, and those of them that are of low complexity.
  package private(set) var windows = 0
  package private(set) var simpleWindows = 0

  /// Open reading frames of a group.
  package struct Frames: Sendable {
    /// Codons of each of at least `least`.
    package fileprivate(set) var codons: [Int] = []
    /// Those of at least `long` codons, by start and stop codon, with a word of a Shine-Dalgarno sequence before
    /// the start, and how often each of 64 codons stands in them.
    package fileprivate(set) var long = 0
    package fileprivate(set) var starts = [0, 0, 0]
    package fileprivate(set) var stops = [0, 0, 0]
    package fileprivate(set) var withRibosomeSite = 0
    package fileprivate(set) var usage = CodonUsage()

    package static let least = 30
    package static let long = 100
  }

  /// The largest k of spectra: 6 for DNA, 2 for proteins.
  package static func largestK(_ alphabet: Alphabet) -> Int { alphabet == .dna ? 6 : 2 }
  /// Letters of a repeat at least: 20 of DNA, 8 of proteins.
  package static func repeatLength(_ alphabet: Alphabet) -> Int { alphabet == .dna ? 20 : 8 }
  /// Letters of a window whose complexity is measured, and between the starts of two.
  package static let window = 64

  /// - Parameter isReference: words, codons and letters alone are counted, against which others are held.
  package init(_ alphabet: Alphabet, isReference: Bool = false) {
    (self.alphabet, self.isReference) = (alphabet, isReference)
    spectra = (1...Self.largestK(alphabet)).map { KmerSpectrum(alphabet, k: $0) }
  }

  package var letters: Int { lengths.reduce(0, +) }

  package mutating func add(_ sequence: [UInt8]) {
    lengths.append(sequence.count)
    let bases = Set(alphabet.bases)
    let known = sequence.count(where: bases.contains)
    unknown += sequence.count - known
    for index in spectra.indices { spectra[index].add(sequence) }
    if alphabet == .dna { addFrames(sequence) }
    if isReference { return }
    repeated += Self.repeatedLetters(sequence, PackedWords(alphabet, length: Self.repeatLength(alphabet)))
    for start in stride(from: 0, through: sequence.count - Self.window, by: Self.window) {
      windows += 1
      if Self.score(sequence[start..<start + Self.window]) > 2 { simpleWindows += 1 }
    }
    guard alphabet == .dna else { return }
    let strong = sequence.count { $0 == UInt8(ascii: "G") || $0 == UInt8(ascii: "C") }
    if known > 0 { gc.append(Double(strong) / Double(known)) }
  }

  private mutating func addFrames(_ sequence: [UInt8]) {
    let other = Complement.reversed(sequence)
    for frame in OpenReadingFrame.all(in: sequence, minimum: Frames.least) {
      frames.codons.append(frame.codons)
      guard frame.codons >= Frames.long else { continue }
      let strand = frame.isReverse ? other : sequence
      frames.long += 1
      frames.starts[frame.startCodon] += 1
      frames.stops[frame.stopCodon] += 1
      if Self.hasRibosomeSite(strand, before: frame.start) { frames.withRibosomeSite += 1 }
      frames.usage.add(strand[frame.start..<frame.start + 3 * frame.codons])
    }
  }

  /// Whether four letters of AAGGAGG, with which ribosomes of bacteria bind (Shine and Dalgarno 1974), stand
  /// 4 to 13 letters before a start, at least GGAG, GAGG or AGGA.
  static func hasRibosomeSite(_ strand: [UInt8], before start: Int) -> Bool {
    let words = ["GGAG", "GAGG", "AGGA"].map { Array($0.utf8) }
    return (5...14).contains { distance in
      let first = start - distance - 3
      return first >= 0 && words.contains { strand[first..<first + 4].elementsEqual($0) }
    }
  }

  /// Letters in words that occur more than once.
  static func repeatedLetters(_ sequence: [UInt8], _ words: PackedWords) -> Int {
    var found: [(word: UInt64, start: Int)] = []
    words.forEach(sequence) { start, word in found.append((word, start)) }
    found.sort { $0.word < $1.word }
    var isRepeated = [Bool](repeating: false, count: sequence.count)
    for index in found.indices.dropFirst() where found[index].word == found[index - 1].word {
      for start in [found[index].start, found[index - 1].start] {
        for place in start..<start + words.length { isRepeated[place] = true }
      }
    }
    return isRepeated.count(where: \.self)
  }

  /// The score by which DUST (Morgulis et al. 2006) tells windows of low complexity: over triplets, the sum of
  /// c (c - 1) / 2 of their counts c, by one less than there are.
  static func score(_ window: ArraySlice<UInt8>) -> Double {
    var counts: [UInt32: Int] = [:]
    let letters = Array(window)
    for place in 0..<max(0, letters.count - 2) {
      counts[UInt32(letters[place]) << 16 | UInt32(letters[place + 1]) << 8 | UInt32(letters[place + 2]), default: 0] +=
        1
    }
    let pairs = counts.values.reduce(0) { $0 + $1 * ($1 - 1) / 2 }
    return Double(pairs) / Double(max(1, letters.count - 3))
  }
}
