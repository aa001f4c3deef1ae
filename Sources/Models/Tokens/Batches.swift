import Randomness

/// Assembles batches: the rows of a batch are a function of (seed, step, row) only, never of threads,
/// shards or earlier calls.
///
/// Every epoch is a permutation of all examples, drawn from (seed, epoch); step t takes places t * B ..< (t + 1) * B of
/// the permutations one after the other, so a batch may span two epochs and nothing is dropped. Batches of
/// `distinct` rows end with the epoch instead: of n examples the last n mod B of each permutation are left out. A
/// sequence longer than L gives a piece of L tokens whose start is drawn from (seed, step, row), as is its strand.
///
/// A training learns from a row that has a token of known letters at place `lead` or later. Sequences that give no such
/// row are left out. If all rows of a batch are pieces without one by the draw, the first row is the first piece
/// of its sequence that has one.
///
/// The first `ahead` tokens of a sequence, which cover no letter, begin each of its pieces, on either strand.
package struct Batches: Sendable {
  private let tokens: TokenArray
  package let seed: Int
  /// B and L.
  package let batchSize: Int
  package let length: Int
  /// By token: the token of the reverse-complemented letters. With it, every row is of a strand drawn at random.
  private let complements: [Int32]?
  private let crops: Philox
  private let order: Philox
  private let lead: Int
  private let ahead: Int
  private let letters: TokenLetters
  private let isDistinct: Bool
  /// The sequences that a training can learn from.
  private let usable: [Int]
  private var epoch = -1
  private var permutation: [Int] = []

  /// nil when a training can learn from no sequence.
  package init?(
    _ tokens: TokenArray, seed: Int, batchSize: Int, length: Int, complements: [Int32]? = nil, lead: Int = 0,
    ahead: Int = 0, letters: TokenLetters = .plain, distinct: Bool = false
  ) {
    let lead = max(lead, ahead)
    precondition(batchSize > 0 && length > lead, "batches of \(batchSize) x \(length)")
    // On the other strand the first token comes last.
    usable = (0..<tokens.count).filter { index in
      tokens.known(index, from: complements == nil ? lead : ahead, of: letters) != nil && tokens.length(index) > lead
    }
    self.lead = lead
    self.ahead = ahead
    self.letters = letters
    isDistinct = distinct
    if usable.isEmpty { return nil }
    self.tokens = tokens
    self.seed = seed
    self.batchSize = batchSize
    self.length = length
    self.complements = complements
    crops = Philox(seed: seed, stream: .augmentation)
    order = Philox(seed: seed, stream: .batches)
  }

  /// Examples of an epoch.
  package var examples: Int { usable.count }

  /// Sequences that no training can learn from.
  package var leftOut: Int { tokens.count - usable.count }

  /// The batch of a step, from 0: B rows of at most L tokens. Distinct rows need at least B examples.
  package mutating func batch(_ step: Int) -> PackedTokens {
    precondition(step >= 0 && !(isDistinct && examples < batchSize), "step \(step), \(examples) examples")
    let epoch = isDistinct ? examples / batchSize * batchSize : examples
    let chosen = (0..<batchSize).map { row in
      let (round, place) = (step * batchSize + row).quotientAndRemainder(dividingBy: epoch)
      return example(at: place, round: round)
    }
    let lengths = chosen.map { min(tokens.length($0), length) }
    let ids = [Int32](unsafeUninitializedCapacity: lengths.reduce(0, +)) { ids, end in
      let rows = lengths.map { length in
        defer { end += length }
        return UnsafeMutableBufferPointer(rebasing: ids[end..<end + length])
      }
      for (row, example) in chosen.enumerated() {
        let available = tokens.length(example)
        let start = available > length ? crops.integer(below: available - length + 1, step, row) : 0
        fill(rows[row], example, from: start, isTurned: complements != nil && crops.words(step, row, 1)[0] >> 31 == 1)
      }
      if !rows.contains(where: { $0.dropFirst(lead).contains(where: letters.isKnown) }) {
        let known = tokens.known(chosen[0], from: lead, of: letters)
        let start = known.map { min($0 - lead, tokens.length(chosen[0]) - rows[0].count) } ?? 0
        fill(rows[0], chosen[0], from: start, isTurned: known == nil)
      }
    }
    return PackedTokens(ids: ids, lengths: lengths)
  }

  /// Copies the tokens of a sequence from `start` into a row, as they are or of the other strand.
  private func fill(_ row: UnsafeMutableBufferPointer<Int32>, _ example: Int, from start: Int, isTurned: Bool) {
    tokens.copy(example, from: 0, into: UnsafeMutableBufferPointer(rebasing: row.prefix(ahead)))
    var row = UnsafeMutableBufferPointer(rebasing: row.dropFirst(ahead))
    tokens.copy(example, from: start + ahead, into: row)
    guard isTurned, let complements else { return }
    row.reverse()
    for i in row.indices { row[i] = complements[Int(row[i])] }
  }

  private mutating func example(at place: Int, round epoch: Int) -> Int {
    if epoch != self.epoch {
      permutation = order.permutation(usable.count, round: epoch)
      self.epoch = epoch
    }
    return usable[permutation[place]]
  }
}
