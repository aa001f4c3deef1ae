import Tokens

/// Encodes words by one `BPEModel`, in time linear in their length. Not for use by two threads at once.
///
/// No merge crosses a border of an encoding, so the letters behind a border are encoded as if the word began there.
/// The encoder therefore asks for each border it reaches for the first token of the rest of the word.
/// For most places the next letters alone answer that (`BPEBeginnings`). For the others the first token
/// is the one token that is a valid neighbour of the first token behind it, which is found in the same way.
/// So the result is that of the merges, without making them.
final class BPEEncoder {
  private let model: BPEModel
  private let beginnings: BPEBeginnings
  /// The letters of the word in hand by their numbers.
  @exclusivity(unchecked) private var letters = Scratch<UInt8>()
  /// By position, the first token of the rest of the word from there: the token; less than 0: its negative is a guess;
  /// 0: not known.
  @exclusivity(unchecked) private var firsts = Scratch<Int32>()
  /// Positions whose first token is being found, each with the token that is tried there, and whether the guess was
  /// tried.
  @exclusivity(unchecked) private var open = Scratch<Trial>()
  @exclusivity(unchecked) private var tokens = Scratch<Int32>()

  private struct Trial {
    var position: Int32
    var token: Int32
    var guess: Int32
    var isGuess: Bool
  }

  init(_ model: BPEModel) {
    self.model = model
    beginnings = model.beginnings
  }

  /// Appends the ids of `sequence`. Each byte that is no letter of the model is one [UNK], which no merge crosses.
  func encode(_ sequence: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    letters.reserve(sequence.count)
    firsts.reserve(sequence.count)
    open.reserve(sequence.count)
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
        ids.append(SpecialToken.unknown)
        count = 0
      }
    }
    encodeWord(count, into: &ids)
  }

  private func encodeWord(_ count: Int, into ids: inout [Int32]) {
    if count == 0 { return }
    lookUp(count)
    let (firsts, tokens, infos) = (firsts.base, tokens.base, model.infos.base)
    var made = 0
    var position = 0
    while position < count {
      if firsts[position] <= 0 { find(position, count) }
      tokens[made] = firsts[position]
      made += 1
      position += Int(infos[Int(firsts[position])].length)
    }
    ids.append(contentsOf: UnsafeBufferPointer(start: tokens, count: made))
  }

  /// Looks up the answers of the next letters, for all positions. One pass keeps many loads in flight;
  /// asked one by one, in the order of the borders, each would wait for memory.
  private func lookUp(_ count: Int) {
    let (letters, firsts) = (letters.base, firsts.base)
    let (context, letterCount) = (beginnings.context, model.letterCount)
    for i in max(0, count - context + 1)..<count { firsts[i] = 0 }
    if count < context { return }
    let highest = beginnings.count / max(1, letterCount)
    var number = 0
    for i in 0..<context - 1 { number = number &* letterCount &+ Int(letters[i]) }
    for i in context - 1..<count {
      number = number &* letterCount &+ Int(letters[i])
      firsts[i - context + 1] = beginnings.known(number)
      number &-= Int(letters[i - context + 1]) &* highest
    }
  }

  /// Finds the first token of the rest of the word from a position.
  private func find(_ start: Int, _ count: Int) {
    let (firsts, open, infos) = (firsts.base, open.base, model.infos.base)
    var depth = 0
    ask(start, count, &depth)
    while depth > 0 {
      let trial = open[depth - 1]
      let end = Int(trial.position) + Int(infos[Int(trial.token)].length)
      if end < count, firsts[end] <= 0 {
        ask(end, count, &depth)
      } else if end == count || model.isValidPair(trial.token, firsts[end]) {
        firsts[Int(trial.position)] = trial.token
        depth -= 1
      } else {
        open[depth - 1] = next(after: trial, count)
      }
    }
  }

  /// Answers from the next letters, or opens a position with its first guess.
  @inline(__always) private func ask(_ position: Int, _ count: Int, _ depth: inout Int) {
    if position + beginnings.context > count {
      // The end of the word is in sight: nothing follows these letters.
      firsts.base[position] = beginnings.firstToken(letters.base + position, count - position)
      return
    }
    if firsts.base[position] == 0 { firsts.base[position] = beginnings.find(letters.base + position) }
    if firsts.base[position] > 0 { return }
    let guess = -firsts.base[position]
    open.base[depth] = Trial(position: Int32(position), token: guess, guess: guess, isGuess: true)
    depth += 1
  }

  /// The trial with the next token: after the guess the longest that the text has there, then ever shorter ones.
  private func next(after trial: Trial, _ count: Int) -> Trial {
    var next = trial
    next.isGuess = false
    next.token = trial.isGuess ? longest(Int(trial.position), count) : model.infos[Int(trial.token)].prefix
    if next.token == trial.guess { next.token = model.infos[Int(next.token)].prefix }
    precondition(next.token >= 0, "a word has no encoding")
    return next
  }

  /// The longest token that the word has at a position.
  private func longest(_ position: Int, _ count: Int) -> Int32 {
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
  mutating func reserve(_ count: Int) {
    if count <= capacity { return }
    base.deallocate()
    capacity = max(count, 2 * capacity)
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }
}
