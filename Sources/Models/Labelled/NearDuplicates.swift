import Sequences

/// The words of k letters of DNA that sequences have, on either strand, to find sequences that share a part.
package struct NearDuplicates {
  /// Letters of a word: 30, which two sequences hardly share by chance.
  package static let length = 30
  /// More letters than this are not looked through: their words would take a gigabyte.
  package static let mostLetters = 1 << 25

  private var words: Set<UInt64> = []

  /// The words of the sequences of `records`; nil for more letters than are looked through.
  package init?(_ records: [LabelledRecord]) {
    let letters = records.reduce(0) { $0 + $1.sequence.count + $1.second.count }
    guard letters <= Self.mostLetters else { return nil }
    words.reserveCapacity(letters / 2)
    for record in records {
      for sequence in [record.sequence, record.second] {
        Self.forEachWord(sequence) {
          words.insert($0)
          return true
        }
      }
    }
  }

  /// Whether a sequence of the record has one of the words.
  package func contains(_ record: LabelledRecord) -> Bool {
    [record.sequence, record.second].contains { sequence in
      var isFound = false
      Self.forEachWord(sequence) { word in
        isFound = words.contains(word)
        return !isFound
      }
      return isFound
    }
  }

  /// Calls `body` with each word of A, C, G and T, two bits a letter, by the strand whose number is smaller, until it
  /// returns false.
  private static func forEachWord(_ sequence: [UInt8], _ body: (UInt64) -> Bool) {
    let mask: UInt64 = 1 << (2 * length) - 1
    var (forward, reverse): (UInt64, UInt64) = (0, 0)
    var run = 0
    for letter in sequence {
      let number: UInt64? =
        switch letter {
        case UInt8(ascii: "A"): 0
        case UInt8(ascii: "C"): 1
        case UInt8(ascii: "G"): 2
        case UInt8(ascii: "T"): 3
        default: nil
        }
      guard let number else {
        run = 0
        continue
      }
      forward = (forward << 2 | number) & mask
      reverse = reverse >> 2 | (3 - number) << UInt64(2 * (length - 1))
      run += 1
      if run >= length, !body(min(forward, reverse)) { return }
    }
  }
}
