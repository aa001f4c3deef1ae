import Tokens

/// Byte-pair encoding: tokens and ranked merges, with the tables that `BPEEncoder` needs.
///
/// A word is encoded as in the `tokenizers` library: it starts as single letters; while any two neighbours form a
/// merge, the merge of lowest rank is made, the leftmost first. One text may be made by several merges, which then give
/// the same id.
package final class BPEModel: Sendable {
  /// The longest token, in bytes, that is trained or read: the cost of a token when a model is made grows
  /// with its square.
  package static let longestToken = 4096

  /// By id, special tokens included.
  package let tokens: [[UInt8]]
  /// By rank; no pair occurs twice.
  package let merges: [BPEMerge]
  private let memory = FrozenMemory()
  /// The id that each merge gives, by rank.
  let products: FrozenTable<Int32>
  let ranks: PairRanks
  /// By byte: the id of the token of that one letter, or -1.
  let letterIDs: FrozenTable<Int32>
  /// By id: the facts of a token that the encoder asks for.
  let infos: FrozenTable<TokenInfo>
  /// The steps of all tokens: the growth of the last piece of a text while it is merged, then that of the first piece.
  let lastSteps: FrozenTable<GrowthStep>
  let firstSteps: FrozenTable<GrowthStep>

  /// By byte: the letter's number in the trie, or -1.
  let classes: FrozenTable<Int32>
  let letterCount: Int
  /// By the letter's number: its token.
  let letterTokens: FrozenTable<Int32>
  /// `trie[node * letterCount + letter]`: the next node or -1; node 0 is the root.
  let trie: FrozenTable<Int32>
  /// By node: the token that ends there, or -1. Only tokens whose own text is encoded as that one token are in the
  /// trie.
  let nodeTokens: FrozenTable<Int32>
  let beginnings: BPEBeginnings

  /// Requires that the first tokens are the special ones, that texts are distinct, and that every merge gives a token.
  package init(tokens: [[UInt8]], merges: [BPEMerge]) {
    let specials = SpecialToken.names.count
    var ids: [ArraySlice<UInt8>: Int32] = [:]
    for id in specials..<tokens.count { ids[tokens[id][...]] = Int32(id) }
    self.tokens = tokens
    self.merges = merges
    let products = merges.map { merge in
      guard let id = ids[(tokens[Int(merge.left)] + tokens[Int(merge.right)])[...]] else {
        preconditionFailure("a merge of \(merge.left) and \(merge.right) gives no token")
      }
      return id
    }
    self.products = memory.table(products)
    ranks = PairRanks(merges, memory)
    var letters = [Int32](repeating: -1, count: 256)
    for id in specials..<tokens.count where tokens[id].count == 1 { letters[Int(tokens[id][0])] = Int32(id) }
    letterIDs = memory.table(letters)
    let histories = BPEHistories(tokens, specials, letters, ranks, products)
    lastSteps = memory.table(histories.lastSteps)
    firstSteps = memory.table(histories.firstSteps)

    let trie = BPETrie(tokens, letters, histories.isReachable)
    classes = memory.table(trie.classes)
    letterCount = trie.letterCount
    letterTokens = memory.table(letters.filter { $0 >= 0 })
    self.trie = memory.table(trie.nodes)
    nodeTokens = memory.table(trie.tokens)
    beginnings = BPEBeginnings(
      tokens, merges, ranks, self.products, letterTokens, classes, self.trie, nodeTokens, memory)
    infos = memory.table(zip(histories.infos, trie.prefixes).map { $0.with(prefix: $1) })
  }

  /// Whether the text of `a` followed by the text of `b` is encoded as just these two tokens, both being encoded as
  /// themselves.
  ///
  /// The merges inside a and inside b are known, in order. They are replayed together, always the one of lower rank
  /// first (a's on a tie, being further left); the pair is invalid if the merge across the border is at any time due
  /// before both. A sequence of tokens is an encoding if and only if all its neighbours are valid pairs, since no merge
  /// crosses a border of an encoding, and so the merges on its two sides depend on nothing beyond it.
  @inline(__always) func isValidPair(_ a: Int32, _ b: Int32) -> Bool {
    let infoA = infos.base + Int(a)
    let infoB = infos.base + Int(b)
    var step = lastSteps.base + Int(infoA.pointee.lastStart)
    let end = lastSteps.base + Int(infoA.pointee.lastEnd)
    var stepB = firstSteps.base + Int(infoB.pointee.firstStart)
    let endB = firstSteps.base + Int(infoB.pointee.firstEnd)
    var left = infoA.pointee.lastLetter
    var right = infoB.pointee.firstLetter
    while true {
      let across = ranks[left, right]
      let rankA = step < end ? step.pointee.rank : PairRanks.none
      let rankB = stepB < endB ? stepB.pointee.rank : PairRanks.none
      if across < rankA && across <= rankB { return false }
      if rankA <= rankB {
        if rankA == PairRanks.none { return true }
        left = step.pointee.piece
        step += 1
      } else {
        right = stepB.pointee.piece
        stepB += 1
      }
    }
  }

  /// The plain encoding of a word whose letters are all known, as the definition says it: the reference for
  /// `BPEEncoder`.
  package func encodeReference(_ word: [UInt8]) -> [Int32] {
    var pieces = word.map { letterIDs[Int($0)] }
    while true {
      var best = PairRanks.none
      var place = 0
      for i in 0..<max(0, pieces.count - 1) where ranks[pieces[i], pieces[i + 1]] < best {
        best = ranks[pieces[i], pieces[i + 1]]
        place = i
      }
      if best == PairRanks.none { return pieces }
      pieces.replaceSubrange(place...place + 1, with: [products[Int(best)]])
    }
  }
}
