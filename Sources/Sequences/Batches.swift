import Randomness

/// One batch of B examples of L tokens.
package struct Batch: Hashable, Sendable {
  /// (B, L), row-major. A row shorter than L ends in [PAD].
  package let ids: [Int32]
  /// (B): tokens of each row that are no padding.
  package let lengths: [Int]
  /// (B): which sequence each row is from.
  package let examples: [Int]
  package let length: Int
  package var count: Int { lengths.count }
}

/// Assembles batches: what a batch holds is a function of (seed, step, row) only, never of threads, shards or earlier
/// calls.
///
/// Every epoch is a permutation of all examples, drawn from (seed, epoch); step t takes places t * B ..< (t + 1) * B of
/// the permutations one after the other, so a batch may span two epochs and nothing is dropped. A sequence longer than
/// L gives a piece of L tokens whose start is drawn from (seed, step, row), as is its strand.
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
  /// The sequences that have a token.
  private let usable: [Int]
  private var epoch = -1
  private var permutation: [Int] = []

  /// nil when no sequence has a token.
  package init?(_ tokens: TokenArray, seed: Int, batchSize: Int, length: Int, complements: [Int32]? = nil) {
    precondition(batchSize > 0 && length > 0, "batches of \(batchSize) x \(length)")
    usable = (0..<tokens.count).filter { tokens.length($0) > 0 }
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

  /// The batch of a step, from 0.
  package mutating func batch(_ step: Int) -> Batch {
    precondition(step >= 0, "step \(step)")
    let chosen = (0..<batchSize).map { example(at: step * batchSize + $0) }
    var ids = [Int32](repeating: Tokenizer.pad, count: batchSize * length)
    var lengths: [Int] = []
    ids.withUnsafeMutableBufferPointer { ids in
      for (row, example) in chosen.enumerated() {
        let available = tokens.length(example)
        let taken = min(available, length)
        let start = available > length ? crops.integer(below: available - length + 1, step, row) : 0
        var place = UnsafeMutableBufferPointer(rebasing: ids[row * length..<row * length + taken])
        tokens.copy(example, from: start, into: place)
        if let complements, crops.words(step, row, 1)[0] >> 31 == 1 {
          place.reverse()
          for i in place.indices { place[i] = complements[Int(place[i])] }
        }
        lengths.append(taken)
      }
    }
    return Batch(ids: ids, lengths: lengths, examples: chosen, length: length)
  }

  private mutating func example(at place: Int) -> Int {
    let (epoch, index) = place.quotientAndRemainder(dividingBy: usable.count)
    if epoch != self.epoch {
      permutation = order.permutation(usable.count, round: epoch)
      self.epoch = epoch
    }
    return usable[permutation[index]]
  }
}
