import Sequences
import Tokens

extension Tokenizer {
  /// By id: the token of the reverse-complemented letters, special tokens and tags standing for themselves; the
  /// other strand of a sequence of tokens is their complements in reverse order, whether k-mers overlap or not. Letters
  /// at its end become letters at the beginning, before whole k-mers: all stay, cut where the given strand was cut.
  /// Throws the reason for which there is no such table.
  package func complements() throws(StrandError) -> [Int32] {
    switch scheme {
    case .bpe: throw StrandError.dependsOnPlace
    case .byte: throw StrandError.unknownAlphabet
    case .character, .kmer: if alphabet != .dna { throw StrandError.protein }
    }
    let encoder = encoder()
    return (0..<Int32(vocabularySize)).map { id in
      if id < SpecialToken.count || isTag(id) { return id }
      var ids: [Int32] = []
      let other = bytes(of: id).reversed().map(Complement.of)
      other.withUnsafeBufferPointer { encoder.encode($0, into: &ids) }
      return ids[0]
    }
  }

  /// The table of `complements` where the tokens of the other strand's letters are those of the table for every
  /// sequence: of letters and of k-mers at every place. Throws the reason for which they are not.
  package func exactComplements() throws(StrandError) -> [Int32] {
    if case .kmer(_, let stride, _) = scheme, stride > 1 { throw StrandError.dependsOnLength }
    return try complements()
  }

  /// By id: the letters that a token adds to those of the token before it; fewer than it has where k-mers overlap.
  package var addedLengths: [Int] {
    if case .kmer(let k, let stride, _) = scheme, stride < k { return baseLengths.map { min($0, stride) } }
    return baseLengths
  }
}

/// The reason for which a tokenizer's sequences cannot be turned to the other strand token by token.
package enum StrandError: Error, Hashable, Sendable, CustomStringConvertible {
  case dependsOnPlace, dependsOnLength, unknownAlphabet, protein

  package var description: String {
    switch self {
    case .dependsOnPlace:
      "byte-pair encoding cuts the two strands at other places, so tokens cannot be turned to the other strand"
    case .dependsOnLength:
      "k-mers that leave places out are other ones on the other strand, unless the length is right; take a stride of 1"
    case .unknownAlphabet: "byte tokens do not say whether they are nucleotides; use the scheme 'character'"
    case .protein: "proteins have no other strand"
    }
  }
}
