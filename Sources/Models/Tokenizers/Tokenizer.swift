package import Sequences
import Tokens

/// Maps sequences to token ids and back.
///
/// Ids 0 to 4 are [PAD], [UNK], [MASK], [CLS] and [SEP] in every tokenizer; tags, if there are any, have the last ids.
/// Sequences are upper-case ASCII letters.
package struct Tokenizer: Sendable {
  /// The rule by which a sequence becomes tokens.
  package enum Scheme: Hashable, Sendable {
    /// One token per letter: the alphabet's `characters`, ascending. Any other letter is [UNK].
    case character
    /// One token per k letters of the alphabet's `bases`, in lexicographic order, at positions 0, stride, 2 * stride
    /// ... as long as whole k-mers fit. Letters left at the end, fewer than k, are tokens of one letter each, whose ids
    /// follow those of the k-mers, where `keepsTail`; else they are in no token. A k-mer, or a letter at the end, that
    /// is not of the bases is [UNK].
    case kmer(k: Int, stride: Int, keepsTail: Bool)
    /// One token per byte: byte b has id 5 + b.
    case byte
    /// Byte-pair encoding; see `BPEModel`. A letter that is no token is [UNK].
    case bpe
  }

  package let scheme: Scheme
  /// The letters that `character` and `kmer` know; for the other schemes without effect.
  package let alphabet: Alphabet
  /// Tokens of letters, and the special ones before them.
  let untaggedSize: Int
  /// Names of what sequences may be of; see `Tokenizer+Tags`.
  package internal(set) var tags: [String] = []
  /// Present when the scheme is `.bpe`.
  package let bpe: BPEModel?
  /// For `.bpe`: whether its file writes tokens in the byte-level alphabet.
  package let isByteLevel: Bool

  private init(_ scheme: Scheme, _ alphabet: Alphabet, _ size: Int, _ bpe: BPEModel? = nil, isByteLevel: Bool = false) {
    self.scheme = scheme
    self.alphabet = alphabet
    untaggedSize = size
    self.bpe = bpe
    self.isByteLevel = isByteLevel
  }

  /// Tokens, special ones and tags included.
  package var vocabularySize: Int { untaggedSize + tags.count }

  /// A token for each letter of the alphabet's `characters`.
  package static func character(_ alphabet: Alphabet) -> Tokenizer {
    Tokenizer(.character, alphabet, SpecialToken.names.count + alphabet.characters.count)
  }

  /// The largest k: 8 for DNA (65,541 tokens, and 4 of one letter), 3 for proteins (8,005, and 20).
  package static func largestK(_ alphabet: Alphabet) -> Int { alphabet == .dna ? 8 : 3 }

  /// Requires k in 1 ... `largestK` and a positive stride. Tokens of one letter leave nothing at an end, so there is no
  /// tail to be kept where k is 1.
  package static func kmer(_ k: Int, stride: Int, keepsTail: Bool = false, _ alphabet: Alphabet) -> Tokenizer {
    precondition((1...largestK(alphabet)).contains(k) && stride > 0, "k-mers of \(k), stride \(stride)")
    let keepsTail = keepsTail && k > 1
    let size = SpecialToken.names.count + kmers(k, alphabet) + (keepsTail ? alphabet.bases.count : 0)
    return Tokenizer(.kmer(k: k, stride: stride, keepsTail: keepsTail), alphabet, size)
  }

  /// The number of k-mers of an alphabet.
  private static func kmers(_ k: Int, _ alphabet: Alphabet) -> Int {
    (0..<k).reduce(1) { size, _ in size * alphabet.bases.count }
  }

  /// The first id of the letters at an end, which follow all k-mers; nil where there are none.
  var firstOfTail: Int32? {
    guard case .kmer(let k, _, keepsTail: true) = scheme else { return nil }
    return SpecialToken.count + Int32(Self.kmers(k, alphabet))
  }

  /// A token for each byte.
  package static let byte = Tokenizer(.byte, .dna, SpecialToken.names.count + 256)

  /// The tokens of a model of byte-pair encoding.
  package static func bpe(_ model: BPEModel, isByteLevel: Bool = false) -> Tokenizer {
    Tokenizer(.bpe, .dna, model.tokens.count, model, isByteLevel: isByteLevel)
  }

  /// The letters of a token; the name of a special token or a tag. Requires an id of the vocabulary.
  package func bytes(of id: Int32) -> [UInt8] {
    precondition(id >= 0 && id < vocabularySize, "token \(id) of \(vocabularySize)")
    if id < SpecialToken.count { return Array(SpecialToken.names[Int(id)].utf8) }
    if isTag(id) { return Array(tagTexts[Int(id) - untaggedSize].utf8) }
    let number = Int(id - SpecialToken.count)
    switch scheme {
    case .character: return [alphabet.characters[number]]
    case .byte: return [UInt8(number)]
    case .bpe: return bpe!.tokens[Int(id)]
    case .kmer(let k, _, _):
      let bases = alphabet.bases
      if let firstOfTail, id >= firstOfTail { return [bases[Int(id - firstOfTail)]] }
      var rest = number
      var letters: [UInt8] = []
      for _ in 0..<k {
        letters.append(bases[rest % bases.count])
        rest /= bases.count
      }
      return letters.reversed()
    }
  }

  /// The letters of a token as text.
  package func text(of id: Int32) -> String { String(decoding: bytes(of: id), as: UTF8.self) }

  /// By id: the number of letters of the sequence that a token covers. [UNK] covers a letter, or a k-mer (at the end
  /// of a sequence of k-mers a letter too); other special tokens and tags nothing.
  package var baseLengths: [Int] {
    (0..<Int32(vocabularySize)).map { id in
      if id < SpecialToken.count && id != SpecialToken.unknown || isTag(id) { return 0 }
      switch scheme {
      case .character, .byte: return 1
      case .kmer(let k, _, _): return firstOfTail.map { id >= $0 } ?? false ? 1 : k
      case .bpe: return id == SpecialToken.unknown ? 1 : bpe!.tokens[Int(id)].count
      }
    }
  }

  /// The letters that ids stand for: special tokens and tags are left out, and overlaps of k-mers are undone where
  /// neighbours overlap.
  package func decode(_ ids: some Sequence<Int32>) -> [UInt8] {
    var result: [UInt8] = []
    var followsKmer = false
    for id in ids {
      if id < SpecialToken.count || isTag(id) {
        followsKmer = false
        continue
      }
      let letters = bytes(of: id)
      if case .kmer(let k, let stride, _) = scheme, stride < k, letters.count == k {
        result += followsKmer ? letters.suffix(stride) : letters[...]
        followsKmer = true
      } else {
        result += letters
        followsKmer = false
      }
    }
    return result
  }

  /// The number of letters of a sequence of `count` letters that are in no token: those between k-mers further apart
  /// than they are long, and those at the end where no tail is kept.
  package func lettersInNoToken(of count: Int) -> Int {
    guard case .kmer(let k, let stride, let keepsTail) = scheme else { return 0 }
    if count < k { return keepsTail ? 0 : count }
    let last = (count - k) / stride
    let gaps = last * max(0, stride - k)
    let rest = count - (last * stride + k)
    return gaps + (keepsTail ? min(rest, max(0, stride - k)) : rest)
  }
}
