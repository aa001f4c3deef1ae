/// Tokens that are asked for together, and letters that are hidden when none of them is shown.
struct HiddenRun: Hashable {
  /// Rows of the packed batch.
  let rows: Range<Int>
  /// The place of the first token's first letter in its sequence.
  let start: Int
  /// Places of letters in the sequence.
  let hidden: Range<Int>
  let isOfKmers: Bool

  /// k-mers of a sequence.
  init(kmers rows: Range<Int>, start: Int, hidden: Range<Int>) {
    (self.rows, self.start, self.hidden, isOfKmers) = (rows, start, hidden, true)
  }

  /// A token that shares no letter with others.
  init(token: TokenPiece) {
    (rows, start, isOfKmers) = (token.rows, token.start, false)
    hidden = token.start..<token.start + token.letters
  }
}
