import Synchronization

/// The first token of a text, as far as its first `context` letters tell: the token itself, when all texts that begin
/// with these letters have it, else the first token of these letters alone, which is a good guess. Each answer is found
/// when it is first asked, and kept for all encoders of the model.
///
/// The tables belong to the model's memory. `@unchecked Sendable` is sound: the answers are atomics, found from
/// constants only, so that two threads that find one find the same; all else never changes.
final class BPEBeginnings: @unchecked Sendable {
  /// Letters that an answer depends on, and the number of different texts of that length.
  let context: Int
  let count: Int
  private let answers: UnsafeMutablePointer<Atomic<Int32>>
  /// The tokens that the first `context - 2` letters make certain, which suffice for most texts; -1 for letters that
  /// make none certain, 0 when that was not found yet.
  private let shortAnswers: UnsafeMutablePointer<Atomic<Int32>>
  private let shortContext: Int

  private let ranks: PairRanks
  private let products: FrozenTable<Int32>
  private let letterTokens: FrozenTable<Int32>
  private let trie: FrozenTable<Int32>
  private let nodeTokens: FrozenTable<Int32>
  private let letterCount: Int
  /// By id: the lowest rank of a merge with this token on the left.
  private let lowest: FrozenTable<UInt32>
  /// By id and trie node: the lowest rank of a merge of this token with one whose text begins as the node's.
  private let below: PairRanks
  private let lengths: FrozenTable<Int32>

  init(
    _ tokens: [[UInt8]], _ merges: [BPEMerge], _ ranks: PairRanks, _ products: FrozenTable<Int32>,
    _ letterTokens: FrozenTable<Int32>, _ classes: FrozenTable<Int32>, _ trie: FrozenTable<Int32>,
    _ nodeTokens: FrozenTable<Int32>, _ memory: FrozenMemory
  ) {
    self.ranks = ranks
    self.products = products
    self.letterTokens = letterTokens
    self.trie = trie
    self.nodeTokens = nodeTokens
    letterCount = letterTokens.count
    var (context, count) = (1, max(1, letterCount))
    while letterCount > 1, count * letterCount <= 1 << 18 { (context, count) = (context + 1, count * letterCount) }
    (self.context, self.count) = (context, count)
    answers = .allocate(capacity: count)
    shortAnswers = .allocate(capacity: count)
    shortContext = max(1, context - 2)
    for i in 0..<count {
      (answers + i).initialize(to: Atomic(0))
      (shortAnswers + i).initialize(to: Atomic(0))
    }

    var lowest = [UInt32](repeating: PairRanks.none, count: tokens.count)
    var below: [BPEMerge: UInt32] = [:]
    for (rank, merge) in merges.enumerated().reversed() {
      lowest[Int(merge.left)] = UInt32(rank)
      var node: Int32 = 0
      for byte in tokens[Int(merge.right)].prefix(context) {
        node = trie[Int(node) * letterCount + Int(classes[Int(byte)])]
        // A token that no encoding holds is in no trie, and in no merge that is ever made.
        if node < 0 { break }
        below[BPEMerge(merge.left, node)] = UInt32(rank)
      }
    }
    self.lowest = memory.table(lowest)
    self.below = PairRanks(below.map { ($0.key.left, $0.key.right, $0.value) }, memory)
    lengths = memory.table(tokens.map { Int32($0.count) })
  }

  deinit {
    answers.deallocate()
    shortAnswers.deallocate()
  }

  /// The answer for text number `index` if it was found before: the token when it is certain, less than 0 for the guess
  /// `-answer`, 0 when it was not found yet.
  @inline(__always) func known(_ index: Int) -> Int32 { answers[index].load(ordering: .relaxed) }

  /// Finds the answer for the `context` letters at `letters`.
  func find(_ letters: UnsafePointer<UInt8>) -> Int32 {
    let short = number(letters, shortContext)
    var answer = shortAnswers[short].load(ordering: .relaxed)
    if answer == 0 {
      answer = certainToken(letters, shortContext)
      shortAnswers[short].store(answer > 0 ? answer : -1, ordering: .relaxed)
    }
    if answer <= 0 { answer = certainToken(letters, context) }
    if answer <= 0 { answer = -firstToken(letters, context) }
    answers[number(letters, context)].store(answer, ordering: .relaxed)
    return answer
  }

  private func number(_ letters: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var number = 0
    for i in 0..<count { number = number * letterCount + Int(letters[i]) }
    return number
  }

  /// The first token of the encoding of `count` letters alone.
  func firstToken(_ letters: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    withUnsafeTemporaryAllocation(of: Piece.self, capacity: count) { pieces in
      begin(letters, count, pieces)
      var left = count
      while true {
        let (rank, place) = next(pieces, left)
        if rank == PairRanks.none { return pieces[0].id }
        left = merge(rank, place, pieces, left)
      }
    }
  }

  private struct Piece {
    var id: Int32
    var end: Int32
    /// The rank of its merge with the piece after it.
    var due: UInt32
  }

  @inline(__always)
  private func begin(_ letters: UnsafePointer<UInt8>, _ count: Int, _ pieces: UnsafeMutableBufferPointer<Piece>) {
    for i in 0..<count {
      pieces[i] = Piece(id: letterTokens[Int(letters[i])], end: Int32(i + 1), due: PairRanks.none)
      if i > 0 { pieces[i - 1].due = ranks[pieces[i - 1].id, pieces[i].id] }
    }
  }

  @inline(__always)
  private func next(_ pieces: UnsafeMutableBufferPointer<Piece>, _ count: Int) -> (rank: UInt32, place: Int) {
    var best = (rank: PairRanks.none, place: 0)
    var i = 0
    while i < count - 1 {
      if pieces[i].due < best.rank { best = (pieces[i].due, i) }
      i += 1
    }
    return best
  }

  /// Makes a merge; returns how many of `count` pieces are left.
  @inline(__always)
  private func merge(
    _ rank: UInt32, _ place: Int, _ pieces: UnsafeMutableBufferPointer<Piece>, _ count: Int
  ) -> Int {
    pieces[place] = Piece(id: products[Int(rank)], end: pieces[place + 1].end, due: PairRanks.none)
    var i = place + 1
    while i < count - 1 {
      pieces[i] = pieces[i + 1]
      i += 1
    }
    if place > 0 { pieces[place - 1].due = ranks[pieces[place - 1].id, pieces[place].id] }
    if place + 1 < count - 1 { pieces[place].due = ranks[pieces[place].id, pieces[place + 1].id] }
    return count - 1
  }

  /// The first token of every text that begins with these letters, or 0 when it may depend on later letters.
  ///
  /// The letters are merged as if nothing followed, but a merge is only made while no merge of the last piece with the
  /// next letters can be due before. When one can, the last piece is given up: from then on it belongs to the letters
  /// behind it, whose first piece is at least as long as that one, and nothing else is known of them. In the end pieces
  /// are given up until the last can merge with nothing; if a piece is left, then the first one is the first token.
  private func certainToken(_ letters: UnsafePointer<UInt8>, _ size: Int) -> Int32 {
    withUnsafeTemporaryAllocation(of: Piece.self, capacity: size) { pieces in
      begin(letters, size, pieces)
      var count = size
      var least: Int32 = 0
      while true {
        let (rank, place) = next(pieces, count)
        let last = pieces[count - 1]
        if lowest[Int(last.id)] < rank, earliest(last, least, rank, letters, size) < rank {
          if count == 1 { return 0 }
          least = lengths[Int(last.id)]
          count -= 1
        } else if rank == PairRanks.none {
          return pieces[0].id
        } else {
          count = merge(rank, place, pieces, count)
        }
      }
    }
  }

  /// The lowest rank of a merge of `piece` with a token that the text can have after it, of at least `least` letters;
  /// or any rank below `enough`.
  private func earliest(
    _ piece: Piece, _ least: Int32, _ enough: UInt32, _ letters: UnsafePointer<UInt8>, _ size: Int
  ) -> UInt32 {
    let rest = size - Int(piece.end)
    if rest == 0 { return lowest[Int(piece.id)] }
    var best = PairRanks.none
    var node = 0
    for i in 0..<rest {
      let child = trie[node * letterCount + Int(letters[Int(piece.end) + i])]
      if child < 0 { return best }
      node = Int(child)
      let token = nodeTokens[node]
      if token >= 0, i + 1 >= least { best = min(best, ranks[piece.id, token]) }
      if best < enough { return best }
    }
    return min(best, below[piece.id, Int32(node)])
  }
}
