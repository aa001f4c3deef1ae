/// A token that shares no letter with others, or overlapping k-mers in a row.
struct TokenPiece: Hashable {
  /// Rows of the packed batch.
  private(set) var rows: Range<Int>
  /// The place of its first letter in its sequence, and its number of letters.
  let start: Int
  private(set) var letters: Int
  let isOfKmers: Bool

  init(row: Int, start: Int, letters: Int, isOfKmers: Bool) {
    rows = row..<row + 1
    self.start = start
    self.letters = letters
    self.isOfKmers = isOfKmers
  }

  /// Adds the next k-mer, after which the piece ends at a letter of its sequence.
  mutating func add(letters end: Int) {
    rows = rows.lowerBound..<rows.upperBound + 1
    letters = end - start
  }
}
