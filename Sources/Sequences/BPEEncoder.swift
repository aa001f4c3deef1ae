/// Encodes words by one `BPEModel`, in time linear in their length. Not for use by two threads at once.
///
/// It reads from the left, guesses a token that is a valid neighbour of the one before, and goes back where there is none. The
/// encoding of a text is the only sequence of valid neighbours, so the result is that of the merges, whatever is guessed. The
/// first guess is the first token of the encoding of the next `context` letters alone, which is right nine times in ten; then
/// come all tokens that the text has there, the longest first.
final class BPEEncoder {
  private let model: BPEModel
  /// How many letters a first guess depends on, and the guess by the number of these letters: an id, or 0 when not known yet.
  private let context: Int
  private var guesses: Scratch<Int32>
  /// The first guesses of the word in hand, by position.
  private var found = Scratch<Int32>()
  /// The letters of the word in hand by their numbers, its tokens so far, and one byte per position: 1 when no encoding of
  /// what comes before it can be continued.
  private var letters = Scratch<UInt8>()
  private var tokens = Scratch<Int32>()
  private var dead = Scratch<UInt8>()

  init(_ model: BPEModel) {
    self.model = model
    var context = 0
    var size = 1
    while model.letterCount > 1, size * model.letterCount <= 1 << 18 {
      size *= model.letterCount
      context += 1
    }
    self.context = max(1, context)
    guesses = Scratch()
    guesses.reserve(max(size, model.letterCount), clearing: true)
  }

  /// Appends the ids of `sequence`. Each byte that is no letter of the model is one [UNK], which no merge crosses.
  func encode(_ sequence: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    letters.reserve(sequence.count)
    tokens.reserve(sequence.count)
    let classes = model.classes.base
    var count = 0
    for byte in sequence {
      let letter = classes[Int(byte)]
      if letter >= 0 {
        letters.base[count] = UInt8(truncatingIfNeeded: letter)
        count += 1
      } else {
        encodeWord(count, into: &ids)
        ids.append(Tokenizer.unknown)
        count = 0
      }
    }
    encodeWord(count, into: &ids)
  }

  private func encodeWord(_ count: Int, into ids: inout [Int32]) {
    if count == 0 { return }
    dead.reserve(count + 1)
    dead.base.update(repeating: 0, count: count + 1)
    let (tokens, dead, infos) = (tokens.base, dead.base, model.infos.base)
    findGuesses(count)
    var made = 0
    var position = 0
    var guess = guess(0, count)
    // The guess while the longer alternatives are still to come, -1 afterwards.
    var first = guess
    while position < count {
      while true {
        let end = position + Int(infos[Int(guess)].length)
        if dead[end] == 0, made == 0 || model.isValidPair(tokens[made - 1], guess) {
          tokens[made] = guess
          made += 1
          position = end
          if end < count {
            guess = self.guess(end, count)
            first = guess
          }
          break
        }
        guess = next(after: guess, position, count, &first)
        while guess < 0 {
          precondition(made > 0, "a word has no encoding")
          dead[position] = 1
          made -= 1
          position -= Int(infos[Int(tokens[made])].length)
          first = self.guess(position, count)
          if tokens[made] != first { first = -1 - first }
          guess = next(after: tokens[made], position, count, &first)
        }
      }
    }
    ids.append(contentsOf: UnsafeBufferPointer(start: tokens, count: made))
  }

  /// The candidate to try after `token`, or -1. `first` is the first guess, or -1 less the first guess once it was tried.
  @inline(__always)
  private func next(after token: Int32, _ position: Int, _ count: Int, _ first: inout Int32) -> Int32 {
    var candidate: Int32
    if first >= 0 {
      first = -1 - first
      candidate = longest(position, count)
    } else {
      candidate = model.infos[Int(token)].prefix
    }
    if candidate == -1 - first { candidate = model.infos[Int(candidate)].prefix }
    return candidate
  }

  /// Looks up the first guesses of all positions. One pass keeps many loads in flight; asked one by one, in the order of the
  /// search, each would wait for memory.
  private func findGuesses(_ count: Int) {
    found.reserve(count)
    let (letters, found, guesses) = (letters.base, found.base, guesses.base)
    if count < context { return }
    let letterCount = model.letterCount
    var size = 1
    for _ in 1..<context { size *= letterCount }
    var number = 0
    for i in 0..<context - 1 { number = number &* letterCount &+ Int(letters[i]) }
    for i in context - 1..<count {
      number = number &* letterCount &+ Int(letters[i])
      found[i - context + 1] = guesses[number]
      number &-= Int(letters[i - context + 1]) &* size
    }
  }

  /// The first candidate at a position.
  @inline(__always) private func guess(_ position: Int, _ count: Int) -> Int32 {
    if position + context > count { return longest(position, count) }
    let known = found.base[position]
    return known > 0 ? known : newGuess(position)
  }

  /// Makes and keeps the guess for the letters at a position.
  private func newGuess(_ position: Int) -> Int32 {
    var number = 0
    for i in position..<position + context { number = number &* model.letterCount &+ Int(letters.base[i]) }
    let token = firstToken(position)
    guesses.base[number] = token
    found.base[position] = token
    return token
  }

  /// The first token of the encoding of the `context` letters at a position.
  private func firstToken(_ position: Int) -> Int32 {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: context) { pieces in
      var count = context
      for i in 0..<count { pieces[i] = model.letterTokens[Int(letters.base[position + i])] }
      while true {
        var best = BPEModel.none
        var place = 0
        for i in 0..<count - 1 {
          let rank = model.ranks[pieces[i], pieces[i + 1]]
          if rank < best { (best, place) = (rank, i) }
        }
        if best == BPEModel.none { return pieces[0] }
        pieces[place] = model.products[Int(best)]
        count -= 1
        for i in place + 1..<max(count, place + 1) { pieces[i] = pieces[i + 1] }
      }
    }
  }

  /// The longest token that the word has at a position.
  @inline(__always) private func longest(_ position: Int, _ count: Int) -> Int32 {
    let trie = model.trie.base
    let letterCount = model.letterCount
    var node = 0
    var best: Int32 = -1
    for i in position..<count {
      let next = trie[node * letterCount + Int(letters.base[i])]
      if next < 0 { break }
      node = Int(next)
      let token = model.nodeTokens[node]
      if token >= 0 { best = token }
    }
    return best
  }
}

/// Uninitialised memory that only grows.
struct Scratch<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base = UnsafeMutablePointer<Element>.allocate(capacity: 1)
  private var capacity = 1

  init() {}

  /// Makes room for `count` elements; what was in it is lost.
  mutating func reserve(_ count: Int, clearing: Bool = false) {
    if count > capacity {
      base.deallocate()
      capacity = max(count, 2 * capacity)
      base = .allocate(capacity: capacity)
    }
    if clearing { UnsafeMutableRawPointer(base).initializeMemory(as: UInt8.self, repeating: 0, count: capacity * MemoryLayout<Element>.stride) }
  }

  deinit { base.deallocate() }
}
