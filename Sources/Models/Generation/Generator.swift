package import Networks
import Randomness
import System
import Tensors
package import Tokens

/// Draws sequences from a causal network, token by token. A sequence depends on the seed, its number and its prompt
/// alone: neither on the threads nor on what is generated beside it.
package struct Generator {
  private let network: TokenNetwork
  private let setting: Setting
  /// Tokens of a prompt that are read at once, which bounds memory.
  private static let longestPiece = 16_384

  package struct Setting: Sendable {
    package let sampling: Sampling
    /// Tokens that are drawn, ascending.
    package let allowed: [Int32]
    /// Tokens that are added to a prompt at most.
    package let length: Int
    /// A sequence ends with the token that completes one of these in its new letters.
    package let stops: [[UInt8]]
    /// The letters of each token; not read without stops.
    package let letters: [[UInt8]]
    package let seed: Int
    /// Sequences that one thread computes together.
    package let together: Int

    package init(
      sampling: Sampling, allowed: [Int32], length: Int, stops: [[UInt8]], letters: [[UInt8]], seed: Int, together: Int
    ) {
      precondition(!allowed.isEmpty && length > 0 && together > 0, "\(allowed.count) tokens, \(length), \(together)")
      (self.sampling, self.allowed, self.length) = (sampling, allowed, length)
      (self.stops, self.letters, self.seed, self.together) = (stops, letters, seed, together)
    }
  }

  /// Tokens that were drawn behind a prompt.
  package struct Generated: Hashable, Sendable {
    package let tokens: [Int32]
    /// The sum of the natural logarithms of the probabilities that the network gives the new tokens among all tokens;
    /// without those that stand first in a sequence, of which a network says nothing.
    package let logLikelihood: Double
    /// New tokens that the sum is of.
    package let scored: Int
    /// Whether it ended with one of the stops.
    package let isStopped: Bool
  }

  /// Throws `ModelError` for a network that is not causal.
  package init(_ network: TokenNetwork, _ setting: Setting) throws {
    _ = try Decoding(network)
    (self.network, self.setting) = (network, setting)
  }

  /// Sequences behind the prompts, in their order; `finished` is called from one thread with every lot that is done.
  /// Returns false where `isCancelled`. Throws `ModelError`.
  ///
  /// - Parameter progress: is told the new tokens of all sequences now and then.
  package func generate(
    _ prompts: PackedTokens, threads: Int, isCancelled: @escaping @Sendable () -> Bool,
    progress: @escaping @Sendable (_ tokens: Int) -> Void, finished: ([Generated]) throws -> Void
  ) throws -> Bool {
    for number in 0..<prompts.count { try network.check(length: prompts[number].count + setting.length - 1) }
    let workers = WorkerPool(threads: max(1, threads))
    let decodings = try (0..<max(1, threads)).map { _ in try Decoding(network) }
    let size = max(1, min(setting.together, (prompts.count + decodings.count - 1) / decodings.count))
    let lots = stride(from: 0, to: prompts.count, by: size).map { $0..<min(prompts.count, $0 + size) }
    var done = 0
    for wave in stride(from: 0, to: lots.count, by: decodings.count) {
      let count = min(decodings.count, lots.count - wave)
      let before = done
      let results = workers.map(count) { slot in
        Result {
          try lot(lots[wave + slot], of: prompts, decodings[slot], isCancelled) { tokens in
            if slot == 0 { progress(before + tokens * count) }
          }
        }
      }
      for result in results {
        guard let generated = try result.get() else { return false }
        done += generated.reduce(0) { $0 + $1.tokens.count }
        try finished(generated)
      }
    }
    return true
  }

  /// Sequences that are drawn together; nil where `isCancelled`.
  private func lot(
    _ numbers: Range<Int>, of prompts: PackedTokens, _ decoding: Decoding, _ isCancelled: () -> Bool,
    _ progress: (Int) -> Void
  ) throws -> [Generated]? {
    let random = Philox(seed: setting.seed, stream: .generation)
    var drawn = numbers.map { number in
      // A network says nothing of the first token: without a prompt all are equally likely.
      Drawing(
        number, prompts[number].isEmpty ? [setting.allowed[random.integer(below: setting.allowed.count, number)]] : [])
    }
    for index in drawn.indices { drawn[index].finish(setting) }
    var running = drawn.indices.filter { !drawn[$0].isFinished }
    if running.isEmpty { return drawn.map(\.result) }
    // A prompt that several have is read once. By running sequence: the row of its scores.
    var read: [ArraySlice<Int32>] = []
    var rows = running.map { index in
      let prompt = drawn[index].tokens.isEmpty ? prompts[numbers.lowerBound + index] : drawn[index].tokens[...]
      if let row = read.firstIndex(of: prompt) { return row }
      read.append(prompt)
      return read.count - 1
    }
    let memories = read.map { _ in SequenceMemory() }
    for row in read.indices {
      while read[row].count > Self.longestPiece {
        if isCancelled() { return nil }
        _ = try decoding.read([read[row].prefix(Self.longestPiece)], after: [memories[row]])
        read[row].removeFirst(Self.longestPiece)
      }
    }
    if isCancelled() { return nil }
    var scores = try decoding.read(read, after: memories)
    let columns = scores.count / read.count
    for (row, index) in zip(rows, running) { drawn[index].memory = memories[row].copy() }
    var total = drawn.reduce(0) { $0 + $1.tokens.count }
    while true {
      for (row, index) in zip(rows, running) {
        let own = scores[row * columns..<(row + 1) * columns]
        guard own.allSatisfy(\.isFinite) else { throw ModelError.badInput("the network's scores are not finite") }
        let uniform = random.uniform(drawn[index].number, drawn[index].tokens.count + 1)
        let token = setting.sampling.draw(own, allowed: setting.allowed, uniform: uniform)
        drawn[index].add(token, own)
        drawn[index].finish(setting)
      }
      total += running.count
      if total % 256 < running.count { progress(total) }
      running.removeAll { drawn[$0].isFinished }
      if running.isEmpty { break }
      if isCancelled() { return nil }
      scores = try decoding.read(running.map { drawn[$0].tokens.suffix(1) }, after: running.map { drawn[$0].memory })
      rows = Array(running.indices)
    }
    return drawn.map(\.result)
  }

  /// One sequence while it is drawn.
  private struct Drawing {
    let number: Int
    var tokens: [Int32]
    var memory = SequenceMemory()
    var logLikelihood = 0.0
    var scored = 0
    var isStopped = false
    var isFinished = false

    init(_ number: Int, _ first: [Int32]) { (self.number, tokens) = (number, first) }

    var result: Generated {
      Generated(tokens: tokens, logLikelihood: logLikelihood, scored: scored, isStopped: isStopped)
    }

    mutating func add(_ token: Int32, _ scores: ArraySlice<Float>) {
      tokens.append(token)
      logLikelihood += scores.withUnsafeBufferPointer { Distribution($0).logProbability(of: Int(token)) }
      scored += 1
    }

    mutating func finish(_ setting: Setting) {
      isStopped = !setting.stops.isEmpty && isStopped(setting)
      isFinished = isStopped || tokens.count >= setting.length
    }

    /// Whether the last token completes a stop.
    private func isStopped(_ setting: Setting) -> Bool {
      guard let last = tokens.last, case let added = setting.letters[Int(last)].count, added > 0 else { return false }
      let longest = setting.stops.reduce(0) { max($0, $1.count) }
      var (tail, first) = ([UInt8](), tokens.count)
      while first > 0, tail.count < longest + added {
        first -= 1
        tail = setting.letters[Int(tokens[first])] + tail
      }
      // A stop that ends before the last token would have ended the sequence.
      return setting.stops.contains { stop in
        let ends = max(stop.count, tail.count - added + 1)...max(stop.count, tail.count)
        return ends.contains { $0 <= tail.count && tail[($0 - stop.count)..<$0].elementsEqual(stop) }
      }
    }
  }
}
