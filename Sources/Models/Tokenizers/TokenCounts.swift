import Tokens

/// Counts of the letters of sequences that were encoded.
package struct TokenCounts: Hashable, Sendable {
  package private(set) var sequences = 0
  /// Sequences without a token, and those that have no other than [UNK].
  package private(set) var withoutToken = 0
  package private(set) var ofUnknownAlone = 0
  package private(set) var letters = 0
  package private(set) var lettersInNoToken = 0
  package private(set) var tokens = 0
  /// Tokens that are [UNK].
  package private(set) var unknown = 0

  /// Tokens of the sequence in hand, and those of them that are [UNK].
  private var taken = 0
  private var takenUnknown = 0

  package init() {}

  /// Counts a sequence of `letters` letters that `tokenizer` has encoded as `ids`.
  package mutating func add(letters count: Int, _ ids: ArraySlice<Int32>, by tokenizer: Tokenizer) {
    take(ids)
    endSequence(letters: count, by: tokenizer)
  }

  /// Counts tokens of a sequence that comes in pieces.
  package mutating func take(_ ids: ArraySlice<Int32>) {
    taken += ids.count
    takenUnknown += ids.count { $0 == SpecialToken.unknown }
  }

  /// Ends a sequence of `letters` letters whose tokens were taken.
  package mutating func endSequence(letters count: Int, by tokenizer: Tokenizer) {
    sequences += 1
    letters += count
    lettersInNoToken += tokenizer.lettersInNoToken(of: count)
    tokens += taken
    unknown += takenUnknown
    if taken == 0 { withoutToken += 1 } else if takenUnknown == taken { ofUnknownAlone += 1 }
    (taken, takenUnknown) = (0, 0)
  }

  /// The sums of both.
  package static func + (a: TokenCounts, b: TokenCounts) -> TokenCounts {
    var sum = a
    sum.sequences += b.sequences
    sum.withoutToken += b.withoutToken
    sum.ofUnknownAlone += b.ofUnknownAlone
    sum.letters += b.letters
    sum.lettersInNoToken += b.lettersInNoToken
    sum.tokens += b.tokens
    sum.unknown += b.unknown
    return sum
  }
}
