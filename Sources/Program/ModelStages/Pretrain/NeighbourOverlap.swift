import Tokenizers
import Tokens
import Wording

/// Whether sequences that follow each other share letters, as windows do that are cut at steps below their length.
struct NeighbourOverlap {
  /// Pairs of neighbours that are looked at: the first of the file.
  private static let looked = 500
  /// Fewer shared letters may be chance.
  private static let least = 20

  /// Pairs that were looked at, and those of which one ends with the letters with which the other begins.
  private(set) var pairs = 0
  private(set) var overlapping = 0

  init(of tokens: TokenArray, _ tokenizer: Tokenizer) {
    var last: [UInt8] = []
    for index in 0..<min(tokens.count, Self.looked + 1) {
      let letters = tokenizer.decode(tokens.tokens(index))
      if index > 0 {
        pairs += 1
        if Self.overlap(of: last, letters) >= Self.least { overlapping += 1 }
      }
      last = letters
    }
  }

  /// The length of the longest end of one sequence with which the other begins (Knuth, Morris and Pratt 1977).
  static func overlap(of one: [UInt8], _ other: [UInt8]) -> Int {
    // By length of a beginning of `other`: the longest beginning of `other`, shorter than it, with which it ends.
    var borders = [0, 0]
    var matched = 0
    for index in other.indices.dropFirst() {
      while matched > 0, other[index] != other[matched] { matched = borders[matched] }
      if other[index] == other[matched] { matched += 1 }
      borders.append(matched)
    }
    matched = 0
    for letter in one.suffix(other.count) {
      while matched == other.count || (matched > 0 && letter != other[matched]) { matched = borders[matched] }
      if matched < other.count, letter == other[matched] { matched += 1 }
    }
    return matched
  }

  /// For a contrast of the sequences; nil where at most half of the pairs overlap.
  var warning: String? {
    guard overlapping * 2 > pairs else { return nil }
    return
      "neighbouring sequences share letters (\(Words.part(overlapping, of: pairs, "pairs"))), and a contrast takes "
      + "them for different ones where a batch holds both; windows whose 'step' is their 'length' share none"
  }
}
