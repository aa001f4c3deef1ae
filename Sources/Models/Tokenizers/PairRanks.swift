/// The rank of each pair that merges: an open-addressing hash table, and a square one for the ids below `near`, which
/// are met most. An entry of the hash table is the pair's two ids of 20 bits and its rank of 24, so that one load
/// answers.
struct PairRanks: Sendable {
  /// The rank of a pair that does not merge.
  static let none = UInt32.max
  /// Ids must be below this.
  static let largestVocabulary = 1 << 20
  /// Ranks must be below this.
  static let largestMerges = 1 << 24
  private static let near: UInt32 = 64
  private static let empty = UInt64.max
  private let square: FrozenTable<UInt32>
  private let entries: FrozenTable<UInt64>
  private let shift: UInt64
  private let mask: Int

  init(_ merges: [BPEMerge], _ memory: FrozenMemory) {
    self.init(merges.enumerated().map { ($1.left, $1.right, UInt32($0)) }, memory)
  }

  /// A table of any pairs, each once. Requires ids and ranks below the bounds.
  init(_ pairs: [(left: Int32, right: Int32, rank: UInt32)], _ memory: FrozenMemory) {
    var bits: UInt64 = 4
    while 1 << bits < pairs.count * 4 { bits += 1 }
    shift = 64 - bits
    mask = 1 << Int(bits) - 1
    let near = Int(Self.near)
    var square = [UInt32](repeating: Self.none, count: near * near)
    var entries = [UInt64](repeating: Self.empty, count: mask + 1)
    for (left, right, rank) in pairs {
      precondition(left < Self.largestVocabulary && right < Self.largestVocabulary && rank < Self.largestMerges)
      if left < near, right < near { square[Int(left) * near + Int(right)] = rank }
      let key = UInt64(left) << 20 | UInt64(right)
      var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> shift)
      while entries[slot] != Self.empty { slot = (slot + 1) & mask }
      entries[slot] = key << 24 | UInt64(rank)
    }
    self.square = memory.table(square)
    self.entries = memory.table(entries)
  }

  /// The rank of the merge of two ids, or `Self.none`.
  @inline(__always) subscript(_ left: Int32, _ right: Int32) -> UInt32 {
    let a = UInt32(bitPattern: left)
    let b = UInt32(bitPattern: right)
    if a | b < Self.near { return square[Int(a * Self.near + b)] }
    let key = UInt64(a) << 20 | UInt64(b)
    var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> shift)
    while true {
      let entry = entries[slot]
      if entry >> 24 == key { return UInt32(truncatingIfNeeded: entry & 0xFF_FFFF) }
      if entry == Self.empty { return Self.none }
      slot = (slot + 1) & mask
    }
  }
}
