/// Byte-pair encoding: tokens and ranked merges, with the tables that `BPEEncoder` needs.
///
/// A word is encoded as in the `tokenizers` library: it starts as single letters; while any two neighbours form a merge, the
/// merge of lowest rank is made, the leftmost first. One text may be made by several merges, which then give the same id.
package final class BPEModel: Sendable {
  package struct Merge: Hashable, Sendable {
    package let left: Int32
    package let right: Int32
    package init(_ left: Int32, _ right: Int32) {
      self.left = left
      self.right = right
    }
  }
  static let none = UInt32.max

  /// By id, special tokens included.
  package let tokens: [[UInt8]]
  /// By rank; no pair occurs twice.
  package let merges: [Merge]
  /// The id that each merge gives, by rank.
  let products: [Int32]
  let ranks: PairRanks
  /// By byte: the id of the token of that one letter, or -1.
  let letterIDs: FrozenTable<Int32>
  let lengths: FrozenTable<Int32>

  /// Token t's own merges are events `eventStarts[t] ..< eventStarts[t + 1]`: the rank of each, and the first and last piece
  /// of the token after it. A token of one letter has none.
  let eventStarts: FrozenTable<Int32>
  let eventRanks: FrozenTable<UInt32>
  let eventFirst: FrozenTable<Int32>
  let eventLast: FrozenTable<Int32>
  /// The ids of the first and the last letter of each token.
  let firstLetter: FrozenTable<Int32>
  let lastLetter: FrozenTable<Int32>

  /// By byte: the letter's number in the trie, or -1.
  let classes: FrozenTable<Int32>
  let letterCount: Int
  /// `trie[node * letterCount + letter]`: the next node or -1; node 0 is the root.
  let trie: FrozenTable<Int32>
  /// By node: the token that ends there, or -1. Only tokens whose own text is encoded as that one token are in the trie.
  let nodeTokens: FrozenTable<Int32>
  /// By id: the longest token in the trie that is a proper prefix, or -1.
  let prefixes: FrozenTable<Int32>

  /// Requires that ids below `specials` are special tokens, that texts are distinct, and that every merge gives a token.
  package init(tokens: [[UInt8]], merges: [Merge], specials: Int = Tokenizer.specials.count) {
    var ids: [ArraySlice<UInt8>: Int32] = [:]
    for id in specials..<tokens.count { ids[tokens[id][...]] = Int32(id) }
    self.tokens = tokens
    self.merges = merges
    products = merges.map { merge in
      guard let id = ids[(tokens[Int(merge.left)] + tokens[Int(merge.right)])[...]] else {
        preconditionFailure("a merge of \(merge.left) and \(merge.right) gives no token")
      }
      return id
    }
    ranks = PairRanks(merges)
    var letters = [Int32](repeating: -1, count: 256)
    for id in specials..<tokens.count where tokens[id].count == 1 { letters[Int(tokens[id][0])] = Int32(id) }
    letterIDs = FrozenTable(letters)
    lengths = FrozenTable(tokens.map { Int32($0.count) })

    let histories = BPEHistories(tokens, specials, letters, ranks, products)
    eventStarts = FrozenTable(histories.starts)
    eventRanks = FrozenTable(histories.ranks)
    eventFirst = FrozenTable(histories.first)
    eventLast = FrozenTable(histories.last)
    firstLetter = FrozenTable(histories.firstLetter)
    lastLetter = FrozenTable(histories.lastLetter)

    let trie = BPETrie(tokens, letters, histories.isReachable)
    classes = FrozenTable(trie.classes)
    letterCount = trie.letterCount
    self.trie = FrozenTable(trie.nodes)
    nodeTokens = FrozenTable(trie.tokens)
    prefixes = FrozenTable(trie.prefixes)
  }

  /// Whether the text of `a` followed by the text of `b` is encoded as just these two tokens, both being encoded as
  /// themselves.
  ///
  /// The merges inside a and inside b are known, in order. They are replayed together, always the one of lower rank first
  /// (a's on a tie, being further left); the pair is invalid if the merge across the border is at any time due before both.
  /// A sequence of tokens is an encoding if and only if all its neighbours are valid pairs, since no merge crosses a border
  /// of an encoding, and so the merges on its two sides depend on nothing beyond it.
  func isValidPair(_ a: Int32, _ b: Int32) -> Bool {
    var i = Int(eventStarts[Int(a)])
    let iEnd = Int(eventStarts[Int(a) + 1])
    var j = Int(eventStarts[Int(b)])
    let jEnd = Int(eventStarts[Int(b) + 1])
    var left = lastLetter[Int(a)]
    var right = firstLetter[Int(b)]
    var across = ranks[left, right]
    while true {
      let rankA = i < iEnd ? eventRanks[i] : Self.none
      let rankB = j < jEnd ? eventRanks[j] : Self.none
      if across < rankA && across <= rankB { return false }
      if rankA <= rankB {
        if rankA == Self.none { return true }
        let piece = eventLast[i]
        i += 1
        if piece == left { continue }
        left = piece
      } else {
        let piece = eventFirst[j]
        j += 1
        if piece == right { continue }
        right = piece
      }
      across = ranks[left, right]
    }
  }

  /// The plain encoding of a word whose letters are all known, as the definition says it: the reference for `BPEEncoder`.
  package func encodeReference(_ word: [UInt8]) -> [Int32] {
    var pieces = word.map { letterIDs[Int($0)] }
    while true {
      var best = Self.none
      var place = 0
      for i in 0..<max(0, pieces.count - 1) where ranks[pieces[i], pieces[i + 1]] < best {
        best = ranks[pieces[i], pieces[i + 1]]
        place = i
      }
      if best == Self.none { return pieces }
      pieces.replaceSubrange(place...place + 1, with: [products[Int(best)]])
    }
  }
}

/// The rank of each pair that merges: an open-addressing hash table.
struct PairRanks: Sendable {
  private let keys: FrozenTable<UInt64>
  private let values: FrozenTable<UInt32>
  private let mask: UInt64

  init(_ merges: [BPEModel.Merge]) {
    var capacity = 16
    while capacity < merges.count * 4 { capacity *= 2 }
    mask = UInt64(capacity - 1)
    var keys = [UInt64](repeating: .max, count: capacity)
    var values = [UInt32](repeating: BPEModel.none, count: capacity)
    for (rank, merge) in merges.enumerated() {
      let key = UInt64(UInt32(merge.left)) << 32 | UInt64(UInt32(merge.right))
      var slot = Int(Self.hash(key) & mask)
      while keys[slot] != .max { slot = (slot + 1) & Int(mask) }
      keys[slot] = key
      values[slot] = UInt32(rank)
    }
    self.keys = FrozenTable(keys)
    self.values = FrozenTable(values)
  }

  @inline(__always) private static func hash(_ key: UInt64) -> UInt64 {
    let mixed = key &* 0x9E37_79B9_7F4A_7C15
    return mixed ^ (mixed >> 32)
  }

  /// The rank of the merge of two ids, or `BPEModel.none`.
  @inline(__always) subscript(_ left: Int32, _ right: Int32) -> UInt32 {
    let key = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    var slot = Int(Self.hash(key) & mask)
    while keys[slot] != .max {
      if keys[slot] == key { return values[slot] }
      slot = (slot + 1) & Int(mask)
    }
    return BPEModel.none
  }
}
