/// How each token's own text is merged, step by step, and whether it ends as that token.
struct BPEHistories {
  var starts: [Int32] = [0]
  var ranks: [UInt32] = []
  var first: [Int32] = []
  var last: [Int32] = []
  var firstLetter: [Int32] = []
  var lastLetter: [Int32] = []
  var isReachable: [Bool] = []

  init(_ tokens: [[UInt8]], _ specials: Int, _ letters: [Int32], _ pairs: PairRanks, _ products: [Int32]) {
    for (id, text) in tokens.enumerated() {
      let pieces = text.map { letters[Int($0)] }
      let isWord = id >= specials && !pieces.isEmpty && !pieces.contains(-1)
      firstLetter.append(isWord ? pieces[0] : -1)
      lastLetter.append(isWord ? pieces[pieces.count - 1] : -1)
      isReachable.append(isWord && replay(pieces, as: Int32(id), pairs, products))
      starts.append(Int32(ranks.count))
    }
  }

  /// Appends the merges of a token's letters; appends nothing and returns false when they do not end as token `id`.
  private mutating func replay(
    _ letters: [Int32], as id: Int32, _ pairs: PairRanks, _ products: [Int32]
  ) -> Bool {
    let before = ranks.count
    var pieces = letters
    var due = (0..<pieces.count - 1).map { pairs[pieces[$0], pieces[$0 + 1]] }
    while let best = due.min(), best != BPEModel.none, let place = due.firstIndex(of: best) {
      pieces[place] = products[Int(best)]
      pieces.remove(at: place + 1)
      due.remove(at: place)
      if place > 0 { due[place - 1] = pairs[pieces[place - 1], pieces[place]] }
      if place < due.count { due[place] = pairs[pieces[place], pieces[place + 1]] }
      ranks.append(best)
      first.append(pieces[0])
      last.append(pieces[pieces.count - 1])
    }
    if pieces == [id] { return true }
    ranks.removeLast(ranks.count - before)
    first.removeLast(first.count - before)
    last.removeLast(last.count - before)
    return false
  }
}

/// The trie of the tokens that an encoding can hold.
struct BPETrie {
  var classes = [Int32](repeating: -1, count: 256)
  var letterCount = 0
  var nodes: [Int32] = []
  var tokens: [Int32] = [-1]
  var prefixes: [Int32]

  init(_ texts: [[UInt8]], _ letters: [Int32], _ isReachable: [Bool]) {
    prefixes = [Int32](repeating: -1, count: texts.count)
    for byte in 0..<256 where letters[byte] >= 0 {
      classes[byte] = Int32(letterCount)
      letterCount += 1
    }
    nodes = [Int32](repeating: -1, count: letterCount)
    for id in texts.indices where isReachable[id] { insert(texts[id], Int32(id)) }
    for id in texts.indices where isReachable[id] { prefixes[id] = prefix(of: texts[id]) }
  }

  private mutating func insert(_ text: [UInt8], _ id: Int32) {
    var node = 0
    for byte in text {
      let slot = node * letterCount + Int(classes[Int(byte)])
      if nodes[slot] < 0 {
        nodes[slot] = Int32(tokens.count)
        tokens.append(-1)
        nodes += [Int32](repeating: -1, count: letterCount)
      }
      node = Int(nodes[slot])
    }
    tokens[node] = id
  }

  private func prefix(of text: [UInt8]) -> Int32 {
    var node = 0
    var best: Int32 = -1
    for byte in text.dropLast() {
      node = Int(nodes[node * letterCount + Int(classes[Int(byte)])])
      if tokens[node] >= 0 { best = tokens[node] }
    }
    return best
  }
}
