package import Networks
import Sequences
package import Tokenizers
package import Tokens

/// How letters become the tokens that a model of a task reads: as they were when it was trained.
package struct SequenceEncoding {
  package let tokenizer: Tokenizer
  /// Tokens beyond which a sequence is cut.
  package let maximumLength: Int
  /// Whether the middle is cut out, so that as many tokens of either end stay; else the end.
  package let inMiddle: Bool
  package let strands: Strands

  package init(_ tokenizer: Tokenizer, maximumLength: Int, inMiddle: Bool, strands: Strands) {
    (self.tokenizer, self.maximumLength, self.inMiddle) = (tokenizer, maximumLength, inMiddle)
    self.strands = strands
  }

  /// Sequences as a model reads them, and counts of the letters of those that were given.
  package struct Encoded {
    package fileprivate(set) var tokens = PackedTokens()
    package fileprivate(set) var counts = TokenCounts()
    /// By sequence that was given: whether it was cut; and the letters that are not read of all.
    package fileprivate(set) var isCut: [Bool] = []
    package fileprivate(set) var lettersCut = 0
    package var cut: Int { isCut.count(where: \.self) }
  }

  /// How many tokens of the beginning and of the end stay.
  package func kept(_ count: Int) -> (first: Int, last: Int) {
    if count <= maximumLength { return (count, 0) }
    return inMiddle ? ((maximumLength + 1) / 2, maximumLength / 2) : (maximumLength, 0)
  }

  /// The tokens of examples of `group` sequences each, behind every example those of its other strand where both are
  /// read. A sequence shorter than one token is one unknown token.
  package func encode(_ sequences: [[UInt8]], group: Int, threads: Int) -> Encoded {
    let all = strands.read == 1 ? sequences : bothStrands(sequences, group)
    let encoded = tokenizer.encode(all, threads: threads)
    let added = tokenizer.addedLengths
    var result = Encoded()
    for index in 0..<encoded.count {
      let ids = encoded[index]
      let isOther = index / group % strands.read == 1
      var kept = kept(ids.count)
      // The other strand begins where this one ends: the same letters of both stay.
      if isOther, ids.count > maximumLength { kept = (kept.last, kept.first) }
      if !isOther {
        result.counts.add(letters: all[index].count, ids, by: tokenizer)
        result.isCut.append(ids.count > maximumLength)
        if ids.count > maximumLength {
          result.lettersCut += ids.dropFirst(kept.first).dropLast(kept.last).reduce(0) { $0 + added[Int($1)] }
        }
      }
      result.tokens.append { batch in
        batch += ids.prefix(kept.first)
        batch += ids.suffix(kept.last)
        if ids.isEmpty { batch.append(SpecialToken.unknown) }
      }
    }
    return result
  }

  private func bothStrands(_ sequences: [[UInt8]], _ group: Int) -> [[UInt8]] {
    stride(from: 0, to: sequences.count, by: group).flatMap { first in
      let example = sequences[first..<first + group]
      return example + example.map(Complement.reversed)
    }
  }
}
