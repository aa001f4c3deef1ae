/// A step in the growth of the piece at one end of a text.
struct GrowthStep: Sendable, BitwiseCopyable {
  /// The highest rank of the merges made since the step before, this one's included: until all of them are made, the
  /// piece before is there.
  var rank: UInt32
  /// The piece after the step.
  var piece: Int32
}

/// The facts of a token that the encoder asks for: 32 bytes, so that one line of cache has them. A token of one letter
/// has no steps.
struct TokenInfo: Sendable, BitwiseCopyable {
  var length: Int32
  /// The longest token in the trie that is a proper prefix, or -1.
  var prefix: Int32 = -1
  var firstLetter: Int32 = -1
  var lastLetter: Int32 = -1
  var firstStart: Int32
  var firstEnd: Int32 = 0
  var lastStart: Int32
  var lastEnd: Int32 = 0

  func with(prefix: Int32) -> TokenInfo {
    var info = self
    info.prefix = prefix
    return info
  }
}

/// The merges of each token's own text, and whether it ends as that token.
struct BPEHistories {
  var firstSteps: [GrowthStep] = []
  var lastSteps: [GrowthStep] = []
  var infos: [TokenInfo] = []
  var isReachable: [Bool] = []

  init(_ tokens: [[UInt8]], _ specials: Int, _ letters: [Int32], _ pairs: PairRanks, _ products: [Int32]) {
    for (id, text) in tokens.enumerated() {
      let pieces = text.map { letters[Int($0)] }
      let isWord = id >= specials && !pieces.isEmpty && !pieces.contains(-1)
      var info = TokenInfo(
        length: Int32(text.count), firstStart: Int32(firstSteps.count), lastStart: Int32(lastSteps.count))
      isReachable.append(isWord && replay(pieces, as: Int32(id), pairs, products))
      if isWord { (info.firstLetter, info.lastLetter) = (pieces[0], pieces[pieces.count - 1]) }
      (info.firstEnd, info.lastEnd) = (Int32(firstSteps.count), Int32(lastSteps.count))
      infos.append(info)
    }
  }

  /// Appends the growth of a token's ends; appends nothing and returns false when its letters do not end as token `id`.
  private mutating func replay(
    _ letters: [Int32], as id: Int32, _ pairs: PairRanks, _ products: [Int32]
  ) -> Bool {
    var pieces = letters
    var due = (0..<pieces.count - 1).map { pairs[pieces[$0], pieces[$0 + 1]] }
    var first: [GrowthStep] = []
    var last: [GrowthStep] = []
    var highest: (first: UInt32, last: UInt32) = (0, 0)
    while let best = due.min(), best != PairRanks.none, let place = due.firstIndex(of: best) {
      let atEnd = place + 2 == pieces.count
      pieces[place] = products[Int(best)]
      pieces.remove(at: place + 1)
      due.remove(at: place)
      if place > 0 { due[place - 1] = pairs[pieces[place - 1], pieces[place]] }
      if place < due.count { due[place] = pairs[pieces[place], pieces[place + 1]] }
      highest = (max(highest.first, best), max(highest.last, best))
      if place == 0 {
        first.append(GrowthStep(rank: highest.first, piece: pieces[0]))
        highest.first = 0
      }
      if atEnd {
        last.append(GrowthStep(rank: highest.last, piece: pieces[place]))
        highest.last = 0
      }
    }
    if pieces != [id] { return false }
    firstSteps += first
    lastSteps += last
    return true
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
