import Sequences

/// The minimizers of records by row, to find records that share a part, on either strand of DNA.
///
/// Memory is bounded: when there are more minimizers than allowed, half of them are dropped, by a hash that is the same
/// for all records, as often as needed (FracMinHash: Irber et al. 2022). Shares are then estimates, and less of what is
/// shared is found.
package struct NearDuplicates: Sendable {
  /// Letters of a word by which a fine-tuning warns: 30, which two sequences hardly share by chance.
  package static let length = 30
  /// More letters than this are not looked through for that warning: their words would take a gigabyte.
  package static let mostLetters = 1 << 25

  package let words: Minimizers
  private let most: Int
  /// By hash: the first row with it; its complement (~) where several have it.
  private var owners: [UInt64: Int32] = [:]
  /// One of 2 to this power of all minimizers is kept.
  package private(set) var halvings = 0

  /// - Parameter most: minimizers that are kept at most, some 30 bytes each.
  package init(_ words: Minimizers, most: Int) {
    precondition(most > 0, "\(most) minimizers")
    (self.words, self.most) = (words, most)
  }

  /// All words of the sequences of `records`, by the length that a fine-tuning looks for; nil for more letters than are
  /// looked through.
  package init?(_ records: [LabelledRecord]) {
    let letters = records.reduce(0) { $0 + $1.sequence.count + $1.second.count }
    guard letters <= Self.mostLetters else { return nil }
    self.init(Minimizers(.dna, length: Self.length, window: 1), most: .max)
    owners.reserveCapacity(letters / 2)
    for (row, record) in records.enumerated() { insert(record, row: row) }
  }

  /// Minimizers that are kept.
  package var count: Int { owners.count }

  /// Adds the minimizers of a record.
  package mutating func insert(_ record: LabelledRecord, row: Int) {
    for sequence in [record.sequence, record.second] {
      words.forEach(sequence) { hash, _ in
        insert(hash, Int32(row))
        return true
      }
    }
  }

  private mutating func insert(_ hash: UInt64, _ row: Int32) {
    guard isKept(hash) else { return }
    if let owner = owners[hash] {
      if owner >= 0, owner != row { owners[hash] = ~owner }
      return
    }
    owners[hash] = row
    while owners.count > most {
      halvings += 1
      let kept = owners.filter { isKept($0.key) }
      owners = kept
    }
  }

  /// Whether a minimizer is in the sample: its hash is hashed again, for minimizers have small ones.
  private func isKept(_ hash: UInt64) -> Bool {
    halvings == 0 || (hash &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - min(63, halvings)) == 0
  }

  /// How much of a record is in others.
  package struct Share: Hashable, Sendable {
    /// Its minimizers that others have too, of those in the sample.
    package let shared: Int
    package let all: Int
    /// The row with which it shares most, the first of equals; nil where it shares none.
    package let nearest: Int?

    /// Whether others have at least this part of it.
    package func isNear(_ part: Double) -> Bool { shared > 0 && Double(shared) >= part * Double(all) }
  }

  /// How many minimizers of a record other rows have.
  /// - Parameter row: that of the record itself, if it was added.
  package func share(_ record: LabelledRecord, except row: Int? = nil) -> Share {
    var (shared, all) = (0, 0)
    var votes: [Int: Int] = [:]
    forEachKept(record) { hash in
      all += 1
      guard let owner = owners[hash] else { return true }
      let first = Int(owner < 0 ? ~owner : owner)
      guard owner < 0 || first != row else { return true }
      shared += 1
      if first != row { votes[first, default: 0] += 1 }
      return true
    }
    let nearest = votes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    return Share(shared: shared, all: all, nearest: nearest)
  }

  /// Whether a sequence of the record has one of the words.
  package func contains(_ record: LabelledRecord) -> Bool {
    var isFound = false
    forEachKept(record) { hash in
      isFound = owners[hash] != nil
      return !isFound
    }
    return isFound
  }

  /// Whether some row has the word with this hash.
  package func contains(hash: UInt64) -> Bool { owners[hash] != nil }

  /// The hashes of a record's minimizers that are in the sample.
  package func kept(_ record: LabelledRecord) -> [UInt64] {
    var hashes: [UInt64] = []
    forEachKept(record) {
      hashes.append($0)
      return true
    }
    return hashes
  }

  private func forEachKept(_ record: LabelledRecord, _ body: (UInt64) -> Bool) {
    var isGoingOn = true
    for sequence in [record.sequence, record.second] where isGoingOn {
      words.forEach(sequence) { hash, _ in
        isGoingOn = !isKept(hash) || body(hash)
        return isGoingOn
      }
    }
  }
}
