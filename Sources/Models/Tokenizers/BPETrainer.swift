import Tokens

/// Trains byte-pair encoding, with the merges of the `BpeTrainer` of the `tokenizers` library on the same words.
///
/// The pair with the highest count is merged, on a tie the one with the lower ids. Two merges may give the same text
/// (`A` + `AA` and `AA` + `A`), which then is one token. Such a token comes back into words after pairs with it were
/// merged; that library's behaviour then is part of the result, and is kept: the count of a merged pair is not cleared,
/// a pair's entries in the queue each stand for the words where it arose in one step, and a pair merged twice has
/// the rank of its last merge.
package struct BPETrainer {
  /// One symbol at the place of its first letter. `span` is its length in letters, and stands also at its last letter.
  private struct Symbol {
    var id: Int32
    var span: Int32
  }
  /// Places where a pair arose in one step: `places[start ..< end]`, ascending.
  private struct Entry {
    let slot: Int
    let start: Int
    let end: Int
  }
  private static let border: Int32 = -1
  private static let inside: Int32 = -2

  private let vocabularySize: Int
  private let minimumCount: Int
  /// All words, each followed by a border, after a first border.
  private var symbols: [Symbol] = [Symbol(id: border, span: 1)]
  private var seen = [Bool](repeating: false, count: 256)

  private var tokens: [[UInt8]] = SpecialToken.names.map { Array($0.utf8) }
  private var ids: [[UInt8]: Int32] = [:]
  private var merges: [BPEMerge] = []
  private var slots = PairSlots()
  private var queue = MergeQueue()
  private var entries: [Entry] = []
  private var places: [Int32] = []
  private var left = NeighbourCounts()
  private var right = NeighbourCounts()
  /// Pairs that arose in the step in hand: twice the neighbour's id, + 1 when it is on the right, and the place.
  private var arisen: [(neighbour: Int32, place: Int32)] = []

  /// A trainer of at most `vocabularySize` tokens, the special ones and single letters included; pairs seen fewer than
  /// `minimumCount` times are not merged.
  package init(vocabularySize: Int, minimumCount: Int = 0) {
    self.vocabularySize = vocabularySize
    self.minimumCount = max(1, minimumCount)
  }

  /// Letters added so far, with one for each word.
  package var size: Int { symbols.count }

  /// The largest `size`.
  package static let largestSize = Int(Int32.max) - 1

  /// Adds a word: no merge crosses its ends. All words together may have up to 2^31 - 2 letters.
  package mutating func add(_ word: some Collection<UInt8>) {
    let isContiguous: Void? = word.withContiguousStorageIfAvailable { add($0) }
    if isContiguous == nil { Array(word).withUnsafeBufferPointer { add($0) } }
  }

  private mutating func add(_ word: UnsafeBufferPointer<UInt8>) {
    for byte in word {
      seen[Int(byte)] = true
      symbols.append(Symbol(id: Int32(byte), span: 1))
    }
    symbols.append(Symbol(id: Self.border, span: 1))
    precondition(symbols.count <= Self.largestSize, "more than 2^31 letters to train on")
  }

  /// Makes the merges. The words that were added are used up.
  package consuming func train() -> BPEModel {
    setLetters()
    queueFirstPairs()
    while tokens.count < vocabularySize, let top = queue.pop() {
      let entry = entries[top.entry]
      let count = slots.counts[entry.slot]
      if top.count != count {
        queue.push(MergeQueue.Item(count: count, pair: top.pair, entry: top.entry))
        continue
      }
      if count < minimumCount { break }
      merge(top.pair, entry)
    }
    // A pair that was merged again has the rank of its last merge.
    var seen: Set<BPEMerge> = []
    let last = merges.reversed().filter { seen.insert($0).inserted }
    return BPEModel(tokens: tokens, merges: last.reversed())
  }

  /// Single letters become tokens, in the order of their bytes.
  private mutating func setLetters() {
    var letters = [Int32](repeating: -1, count: 256)
    for byte in 0..<256 where seen[byte] {
      letters[byte] = Int32(tokens.count)
      ids[[UInt8(byte)]] = Int32(tokens.count)
      tokens.append([UInt8(byte)])
    }
    for i in symbols.indices where symbols[i].id >= 0 { symbols[i].id = letters[Int(symbols[i].id)] }
  }

  private mutating func queueFirstPairs() {
    let size = tokens.count
    var starts = [Int](repeating: 0, count: size * size + 1)
    let pair = { (i: Int, symbols: [Symbol]) in Int(symbols[i].id) * size + Int(symbols[i + 1].id) }
    let isPair = { (i: Int, symbols: [Symbol]) in symbols[i].id >= 0 && symbols[i + 1].id >= 0 }
    for i in 0..<symbols.count - 1 where isPair(i, symbols) { starts[pair(i, symbols) + 1] += 1 }
    for i in 1..<starts.count { starts[i] += starts[i - 1] }
    places = [Int32](repeating: 0, count: starts[size * size])
    var cursor = starts
    for i in 0..<symbols.count - 1 where isPair(i, symbols) {
      places[cursor[pair(i, symbols)]] = Int32(i)
      cursor[pair(i, symbols)] += 1
    }
    for index in 0..<size * size where starts[index] < starts[index + 1] {
      let key = MergeQueue.pair(Int32(index / size), Int32(index % size))
      let slot = slots.slot(key)
      slots.counts[slot] = starts[index + 1] - starts[index]
      enqueue(key, slot, starts[index], starts[index + 1])
    }
  }

  private mutating func enqueue(_ pair: UInt64, _ slot: Int, _ start: Int, _ end: Int) {
    slots.live[slot] += 1
    queue.push(MergeQueue.Item(count: slots.counts[slot], pair: pair, entry: entries.count))
    entries.append(Entry(slot: slot, start: start, end: end))
  }

  private mutating func merge(_ pair: UInt64, _ entry: Entry) {
    let a = Int32(pair >> 32)
    let b = Int32(pair & 0xFFFF_FFFF)
    let text = tokens[Int(a)] + tokens[Int(b)]
    if text.count > BPEModel.longestToken { return }
    let new = ids[text] ?? Int32(tokens.count)
    if ids.updateValue(new, forKey: text) == nil { tokens.append(text) }
    merges.append(BPEMerge(a, b))
    left.grow(tokens.count)
    right.grow(tokens.count)
    slots.live[entry.slot] -= 1
    if slots.live[entry.slot] == 0 {
      for i in entry.start..<entry.end { replace(Int(places[i]), a, b, new) }
    } else {
      for word in words(entry) { replaceAll(inWordAt: word, a, b, new) }
    }
    settle(a, b, new)
  }

  /// The first places of the words of an entry.
  private func words(_ entry: Entry) -> [Int] {
    var words: [Int] = []
    for i in entry.start..<entry.end {
      var place = Int(places[i])
      while symbols[place - 1].id != Self.border { place -= 1 }
      if words.last != place { words.append(place) }
    }
    return words
  }

  private mutating func replaceAll(inWordAt word: Int, _ a: Int32, _ b: Int32, _ new: Int32) {
    var place = word
    while symbols[place].id != Self.border {
      replace(place, a, b, new)
      place += Int(symbols[place].span)
    }
  }

  /// Replaces the pair at a place, if it is there, and notes the pairs that arose.
  @inline(__always)
  private mutating func replace(_ place: Int, _ a: Int32, _ b: Int32, _ new: Int32) {
    guard symbols[place].id == a else { return }
    let second = place + Int(symbols[place].span)
    guard symbols[second].id == b else { return }
    let span = symbols[place].span + symbols[second].span
    let next = place + Int(span)
    symbols[second].id = Self.inside
    symbols[next - 1].span = span
    symbols[place] = Symbol(id: new, span: span)
    let before = place - Int(symbols[place - 1].span)
    if symbols[before].id != Self.border {
      left.add(symbols[before].id)
      arisen.append((symbols[before].id << 1, Int32(before)))
    }
    if symbols[next].id != Self.border {
      right.add(symbols[next].id)
      arisen.append((symbols[next].id << 1 | 1, Int32(place)))
    }
  }

  /// Counts the pairs that arose and those that are gone, and queues the ones that arose.
  private mutating func settle(_ a: Int32, _ b: Int32, _ new: Int32) {
    let own = right.counts[Int(new)]
    var end = places.count
    for x in left.touched {
      let count = left.counts[Int(x)]
      slots.counts[slots.slot(MergeQueue.pair(x, a))] -= count
      slots.counts[slots.slot(MergeQueue.pair(x, new))] += count
      left.starts[Int(x)] = end
      end += count + (x == new ? own : 0)
    }
    let joins = own > 0 && left.counts[Int(new)] > 0
    for x in right.touched {
      let count = right.counts[Int(x)]
      slots.counts[slots.slot(MergeQueue.pair(b, x))] -= count
      slots.counts[slots.slot(MergeQueue.pair(new, x))] += count
      right.starts[Int(x)] = end
      if !(joins && x == new) { end += count }
    }
    places += repeatElement(0, count: end - places.count)
    for (neighbour, place) in arisen {
      let x = Int(neighbour >> 1)
      if neighbour & 1 == 0 || joins && x == Int(new) {
        places[left.starts[x]] = place
        left.starts[x] += 1
      } else {
        places[right.starts[x]] = place
        right.starts[x] += 1
      }
    }
    for x in left.touched {
      let end = left.starts[Int(x)]
      queueArisen(MergeQueue.pair(x, new), end - left.counts[Int(x)] - (x == new ? own : 0), end)
    }
    for x in right.touched where !(joins && x == new) {
      let end = right.starts[Int(x)]
      queueArisen(MergeQueue.pair(new, x), end - right.counts[Int(x)], end)
    }
    arisen.removeAll(keepingCapacity: true)
    left.clear()
    right.clear()
  }

  private mutating func queueArisen(_ pair: UInt64, _ start: Int, _ end: Int) {
    let slot = slots.slot(pair)
    if slots.counts[slot] > 0 { enqueue(pair, slot, start, end) }
  }
}
