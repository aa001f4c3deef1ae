/// The queue of pairs to merge: highest count first, then lowest pair, then oldest entry. A binary heap.
struct MergeQueue {
  struct Item {
    var count: Int
    var pair: UInt64
    var entry: Int

    @inline(__always) func precedes(_ other: Item) -> Bool {
      if count != other.count { return count > other.count }
      return pair != other.pair ? pair < other.pair : entry < other.entry
    }
  }
  private var items: [Item] = []

  /// The number of the pair of two ids, in their order.
  @inline(__always) static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  mutating func push(_ item: Item) {
    var i = items.count
    items.append(item)
    while i > 0 {
      let parent = (i - 1) / 2
      if !item.precedes(items[parent]) { break }
      items[i] = items[parent]
      i = parent
    }
    items[i] = item
  }

  mutating func pop() -> Item? {
    guard let top = items.first, let last = items.popLast() else { return nil }
    if items.isEmpty { return top }
    var i = 0
    while true {
      var child = 2 * i + 1
      if child >= items.count { break }
      if child + 1 < items.count, items[child + 1].precedes(items[child]) { child += 1 }
      if !items[child].precedes(last) { break }
      items[i] = items[child]
      i = child
    }
    items[i] = last
    return top
  }
}

/// A number, from 0, for each pair that was met, with its count and how many of its entries are queued.
struct PairSlots {
  var counts: [Int] = []
  var live: [Int32] = []
  private var keys: [UInt64] = []
  private var table = [Int32](repeating: -1, count: 1 << 12)

  /// The number of a pair; a new one has count 0.
  @inline(__always) mutating func slot(_ pair: UInt64) -> Int {
    let mask = table.count - 1
    var i = Self.hash(pair) & mask
    while table[i] >= 0 {
      if keys[Int(table[i])] == pair { return Int(table[i]) }
      i = (i + 1) & mask
    }
    return insert(pair, i)
  }

  private mutating func insert(_ pair: UInt64, _ place: Int) -> Int {
    table[place] = Int32(keys.count)
    keys.append(pair)
    counts.append(0)
    live.append(0)
    if keys.count * 2 > table.count { grow() }
    return keys.count - 1
  }

  private mutating func grow() {
    table = [Int32](repeating: -1, count: table.count * 2)
    let mask = table.count - 1
    for (slot, key) in keys.enumerated() {
      var i = Self.hash(key) & mask
      while table[i] >= 0 { i = (i + 1) & mask }
      table[i] = Int32(slot)
    }
  }

  @inline(__always) private static func hash(_ key: UInt64) -> Int {
    let mixed = key &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 20)
  }
}

/// The number of times that each token was the neighbour in one step, by id.
struct NeighbourCounts {
  private(set) var counts: [Int] = []
  var starts: [Int] = []
  /// The ids with a count, in the order in which they were met.
  private(set) var touched: [Int32] = []

  mutating func grow(_ size: Int) {
    if size > counts.count {
      counts += repeatElement(0, count: size - counts.count)
      starts += repeatElement(0, count: size - starts.count)
    }
  }

  @inline(__always) mutating func add(_ id: Int32) {
    if counts[Int(id)] == 0 { touched.append(id) }
    counts[Int(id)] += 1
  }

  mutating func clear() {
    for id in touched { counts[Int(id)] = 0 }
    touched.removeAll(keepingCapacity: true)
  }
}
