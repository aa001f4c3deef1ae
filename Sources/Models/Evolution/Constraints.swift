package import SequenceProfiles
package import Sequences

/// Everything that a designed sequence must keep to.
package struct Constraints: Sendable {
  /// Places of the start whose letters stay.
  package var fixed: [Range<Int>] = []
  package var required: [Pattern] = []
  /// Words of the given strand.
  package var forbidden: [Pattern] = []
  /// Shares of G and C.
  package var gc: ClosedRange<Double> = 0...1
  package var lengths: ClosedRange<Int> = 1...Int.max
  /// Edits of a sequence at most.
  package var edits = Int.max
  /// Letters in a row that may occur in one of the training sequences.
  package var copied = Int.max
  /// The words of training sequences of one letter more than that; nil: none counts.
  package var trained: WordSet?

  package init() {}

  /// By constraint that a sequence breaks: letters by which it does, and the reason in words. Fixed letters are not
  /// looked at: no edit meets them.
  package func broken(by sequence: [UInt8], _ alphabet: Alphabet) -> [(letters: Int, reason: String)] {
    var found: [(letters: Int, reason: String)] = []
    let add = { (letters: Int, reason: () -> String) in if letters > 0 { found.append((letters, reason())) } }
    add(max(lengths.lowerBound - sequence.count, sequence.count - lengths.upperBound)) {
      "its length is \(sequence.count)"
    }
    if alphabet == .dna, gc != 0...1 {
      let strong = sequence.count { $0 == UInt8(ascii: "G") || $0 == UInt8(ascii: "C") }
      // A product such as 0.55 x 100 may be a little more than its value.
      let least = Int((gc.lowerBound * Double(sequence.count) - 1e-9).rounded(.up))
      let most = Int((gc.upperBound * Double(sequence.count) + 1e-9).rounded(.down))
      add(max(least - strong, strong - most)) { "\(strong) of its \(sequence.count) letters are G or C" }
    }
    for pattern in required { add(pattern.misses(in: sequence)) { "\(pattern.text) is not in it" } }
    for pattern in forbidden { add(pattern.places(in: sequence).count) { "\(pattern.text) is in it" } }
    if let trained {
      var count = 0
      trained.words.forEach(sequence) { _, word in if trained.place(of: word) != nil { count += 1 } }
      add(count) { "more than \(copied) letters in a row are in a training sequence" }
    }
    return found
  }

  /// Letters by which a sequence breaks constraints, of all together.
  func excess(of sequence: [UInt8], _ alphabet: Alphabet) -> Int {
    broken(by: sequence, alphabet).reduce(0) { $0 + $1.letters }
  }
}
