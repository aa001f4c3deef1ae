/// Encodes words by one `BPEModel`, in time linear in their length. Not for use by two threads at once.
///
/// It reads from the left, takes the longest token that is a valid neighbour of the one before, and goes back where none is.
/// The encoding of a text is the only sequence of valid neighbours, so the result is that of the merges.
final class BPEEncoder {
  private let model: BPEModel
  /// Remembered answers of `isValidPair`: the pair's number, and the answer in the lowest bit. Direct-mapped.
  private let remembered: UnsafeMutablePointer<UInt64>
  private static let memory = 1 << 18
  /// One bit per position: no encoding of what comes before it can be continued.
  private var dead: [UInt64] = []
  private var letters: [UInt8] = []

  init(_ model: BPEModel) {
    self.model = model
    remembered = .allocate(capacity: Self.memory)
    remembered.initialize(repeating: 0, count: Self.memory)
  }

  deinit { remembered.deallocate() }

  /// Appends the ids of `sequence`. Each byte that is no letter of the model is one [UNK], which no merge crosses.
  func encode(_ sequence: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    var i = 0
    while i < sequence.count {
      var end = i
      while end < sequence.count, model.classes[Int(sequence[end])] >= 0 { end += 1 }
      if end > i { encodeWord(UnsafeBufferPointer(rebasing: sequence[i..<end]), into: &ids) }
      if end < sequence.count { ids.append(Tokenizer.unknown) }
      i = end + 1
    }
  }

  private func encodeWord(_ word: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    let base = ids.count
    let words = word.count / 64 + 1
    if dead.count < words { dead = [UInt64](repeating: 0, count: words) }
    for i in 0..<words { dead[i] = 0 }
    var position = 0
    var candidate = longest(word, 0)
    while position < word.count {
      while true {
        let end = position + Int(model.lengths[Int(candidate)])
        let isDead = dead[end >> 6] >> UInt64(end & 63) & 1 != 0
        if !isDead, ids.count == base || isValid(ids[ids.count - 1], candidate) {
          ids.append(candidate)
          position = end
          if end < word.count { candidate = longest(word, end) }
          break
        }
        candidate = model.prefixes[Int(candidate)]
        while candidate < 0 {
          precondition(ids.count > base, "a word has no encoding")
          dead[position >> 6] |= 1 << UInt64(position & 63)
          let token = ids.removeLast()
          position -= Int(model.lengths[Int(token)])
          candidate = model.prefixes[Int(token)]
        }
      }
    }
  }

  /// The longest token that the word has at a position.
  @inline(__always) private func longest(_ word: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int32 {
    let trie = model.trie.base
    let classes = model.classes.base
    let letterCount = model.letterCount
    var node = 0
    var best: Int32 = -1
    var i = position
    while i < word.count {
      let next = trie[node * letterCount + Int(classes[Int(word[i])])]
      if next < 0 { break }
      node = Int(next)
      let token = model.nodeTokens[node]
      if token >= 0 { best = token }
      i += 1
    }
    return best
  }

  @inline(__always) private func isValid(_ a: Int32, _ b: Int32) -> Bool {
    // + 1, so that no pair is the empty entry 0.
    let pair = (UInt64(UInt32(a)) << 31 | UInt64(UInt32(b))) &+ 1
    let hash = (pair &* 0x9E37_79B9_7F4A_7C15) >> 46
    let entry = remembered[Int(hash)]
    if entry >> 1 == pair { return entry & 1 != 0 }
    let answer = model.isValidPair(a, b)
    remembered[Int(hash)] = pair << 1 | (answer ? 1 : 0)
    return answer
  }
}
