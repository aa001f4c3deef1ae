import Artifacts
import ModelStages
import Networks
import Sequences
import Tokenizers
import Tokens
import Wording

/// Scores of sequences under a language model, window by window.
///
/// A causal model scores each token by the tokens before it in the first window that holds it: windows of W tokens
/// begin S tokens apart, so that but for the front of a sequence a token has W - S tokens before it or more. The first
/// token of a sequence has none before it, and is not scored where no tag stands there. A tag begins each window.
///
/// A masked model scores each token by itself, masked, in the window around it (pseudo-likelihood, Salazar et al.
/// 2020); tokens that share a letter with it are masked too. Tokens of unknown letters are not scored.
struct LikelihoodScorer {
  /// Tokens that are evaluated at once.
  private static let most = 1 << 16
  /// Tokens of a sequence that is read without a window, at most.
  private static let longest = 1 << 20

  let model: LanguageModel
  /// Tokens at the front of each window: a tag or none.
  let ahead: Int
  /// W without the tag; nil: whole sequences.
  let window: Int?
  /// S, for a causal model.
  let step: Int
  private let isCancelled: () -> Bool
  private let letters: TokenLetters
  /// Tokens to either side that share a letter with one.
  private let shared: Int

  /// - Parameters:
  ///   - window: tokens of a window; 0: what the network reads at most.
  ///   - step: tokens between two windows; 0: half a window.
  /// Throws `StageFailure` where these do not go together.
  init(_ model: LanguageModel, window: Int, step: Int, isCancelled: @escaping () -> Bool) throws {
    (self.model, self.isCancelled, ahead) = (model, isCancelled, model.tag == nil ? 0 : 1)
    let read = window > 0 ? min(window, model.network.limit ?? .max) : model.network.limit
    self.window = read.map { [ahead] in max(1, $0 - ahead) }
    self.step = step > 0 ? step : max(1, (self.window ?? 2) / 2)
    letters = model.tokenizer.letters
    if case .kmer(let k, let stride, _) = model.tokenizer.scheme { shared = (k - 1) / stride } else { shared = 0 }
    if let window = self.window, model.network.isCausal, self.step >= window {
      throw StageFailure(
        code: "bad-window", "'step' is \(self.step) and a window has \(window) tokens: windows have to overlap")
    }
  }

  /// Throws a `StageFailure` for letters that the model does not read.
  func check(_ alphabet: Alphabet, strands: Int) throws {
    guard model.tokenizer.reads(alphabet) else {
      throw StageFailure(
        code: "other-alphabet",
        "the tokenizer is of the alphabet \(model.tokenizer.alphabet.rawValue), the sequences of \(alphabet.rawValue)")
    }
    guard strands == 1 || alphabet == .dna else {
      throw StageFailure(code: "no-strand", "'strands' is 'both', and proteins have no other strand")
    }
  }

  /// A part of a sequence as the network reads it, with the tokens that are scored in it.
  private struct Piece {
    let sequence: Int
    /// Tokens of the sequence that the network reads.
    let read: Range<Int>
    let scored: Range<Int>
    /// Masked tokens; none for a causal model.
    var masked: Range<Int>?
  }

  /// The letters of each token of the sequence that is scored.
  private struct Places {
    var sequence = -1
    var all: [Range<Int>] = []
  }

  /// Calls `body` with the number of its sequence and the score of each token that is scored, in their order. Throws
  /// `Interrupted` and what `body` throws.
  func forEachToken(of sequences: [[UInt8]], _ body: (_ sequence: Int, TokenScore) throws -> Void) throws {
    let tokens = model.tokenizer.encode(sequences, threads: 1)
    var (pieces, count): ([Piece], Int) = ([], 0)
    var places = Places()
    for sequence in 0..<tokens.count {
      guard window != nil || tokens[sequence].count <= Self.longest else {
        throw StageFailure(
          code: "no-window",
          "a sequence of \(Words.grouped(sequences[sequence].count)) letters is too long to be read at once: 'window' "
            + "says how much of it is")
      }
      try forEachPiece(of: tokens[sequence], sequence) { piece in
        pieces.append(piece)
        count += piece.read.count
        if count >= Self.most {
          try score(pieces, tokens, sequences, &places, body)
          (pieces, count) = ([], 0)
        }
      }
    }
    try score(pieces, tokens, sequences, &places, body)
  }

  private func forEachPiece(of ids: ArraySlice<Int32>, _ sequence: Int, _ body: (Piece) throws -> Void) throws {
    let count = ids.count
    let size = min(window ?? count, count)
    if model.network.isCausal {
      var (start, done) = (0, 1 - ahead)
      while done < count {
        let end = min(start + size, count)
        try body(Piece(sequence: sequence, read: start..<end, scored: done..<end))
        done = end
        start += step
      }
    } else {
      for token in 0..<count where letters.isKnown(ids[ids.startIndex + token]) {
        let start = max(0, min(token - size / 2, count - size))
        let masked = max(start, token - shared)..<min(start + size, token + shared + 1)
        try body(Piece(sequence: sequence, read: start..<start + size, scored: token..<token + 1, masked: masked))
      }
    }
  }

  private func score(
    _ pieces: [Piece], _ tokens: PackedTokens, _ sequences: [[UInt8]], _ known: inout Places,
    _ body: (Int, TokenScore) throws -> Void
  ) throws {
    var (packed, targets): (PackedTokens, [Int32]) = (PackedTokens(), [])
    for piece in pieces {
      let ids = tokens[piece.sequence]
      var read = model.tag.map { [$0] } ?? []
      read += ids[(ids.startIndex + piece.read.lowerBound)..<(ids.startIndex + piece.read.upperBound)]
      for token in piece.masked ?? 0..<0 { read[ahead + token - piece.read.lowerBound] = SpecialToken.mask }
      packed.append(read)
      var asked = [Int32](repeating: -1, count: read.count)
      for token in piece.scored where letters.isKnown(ids[ids.startIndex + token]) {
        asked[row(of: token, piece)] = ids[ids.startIndex + token]
      }
      targets += asked
    }
    let scores = try self.scores(of: packed, targets)
    for (number, piece) in pieces.enumerated() {
      if piece.sequence != known.sequence {
        known.sequence = piece.sequence
        known.all = model.tokenizer.places(of: tokens[piece.sequence], letters: sequences[piece.sequence].count)
      }
      let places = known.all
      for token in piece.scored {
        guard let score = scores[packed.starts[number] + row(of: token, piece)] else { continue }
        let place = places[token]
        let before = token > 0 ? places[token - 1].upperBound : 0
        try body(
          piece.sequence,
          TokenScore(
            place: place, letters: place.upperBound - max(place.lowerBound, min(before, place.upperBound)),
            context: piece.masked.map { piece.read.count - $0.count } ?? token - piece.read.lowerBound,
            logProbability: Double(score.logProbability), entropy: Double(score.entropy)))
      }
    }
  }

  /// The row of a piece whose distribution is that of a token.
  private func row(of token: Int, _ piece: Piece) -> Int {
    ahead + token - piece.read.lowerBound - (model.network.isCausal ? 1 : 0)
  }

  /// The scores of targets. Throws `Interrupted`, and a `StageFailure` for a network that cannot score.
  func scores(of tokens: PackedTokens, _ targets: [Int32]) throws -> [TokenNetwork.Score?] {
    do {
      guard let scores = try model.network.scores(of: tokens, targets: targets, isCancelled: isCancelled) else {
        throw Interrupted()
      }
      return scores
    } catch let error as ModelError { throw StageFailure(code: "bad-model", "\(error)") }
  }

  /// The sums of sequences.
  func sums(of sequences: [[UInt8]]) throws -> [LikelihoodSum] {
    var sums = [LikelihoodSum](repeating: LikelihoodSum(), count: sequences.count)
    try forEachToken(of: sequences) { sums[$0].add($1) }
    return sums
  }
}
