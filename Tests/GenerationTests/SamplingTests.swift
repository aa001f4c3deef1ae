import Foundation
import Networks
import Randomness
import Testing
import Tokens

@testable import Generation

private let scores: [Float] = [9, 0.3, -1.2, 2.1, 0.7, 0.7, -3, 1.4]
private let allowed: [Int32] = [1, 2, 3, 4, 5, 6, 7]

/// The distribution by its definition, over all subsets that matter: tokens sorted once, in doubles.
private func exact(temperature: Double, topK: Int, topP: Double) -> [Int32: Double] {
  let sorted = allowed.sorted { (scores[Int($0)], -$0) > (scores[Int($1)], -$1) }
  var kept = Array(topK > 0 ? sorted.prefix(topK) : sorted[...])
  let weight = { (token: Int32) in exp(Double(scores[Int(token)]) / temperature) }
  let total = kept.map(weight).reduce(0, +)
  if topP < 1 {
    let count = (1...kept.count).first { kept.prefix($0).map(weight).reduce(0, +) >= topP * total } ?? kept.count
    kept = Array(kept.prefix(count))
  }
  let rest = kept.map(weight).reduce(0, +)
  return Dictionary(uniqueKeysWithValues: kept.map { ($0, weight($0) / rest) })
}

@Suite struct SamplingTests {
  @Test(arguments: [
    (1.0, 0, 1.0), (0.7, 0, 1.0), (1.8, 0, 1.0), (1.0, 4, 1.0), (1.0, 0, 0.7), (0.8, 5, 0.9), (1.0, 1, 1.0),
  ]) func `a million draws follow the distribution`(temperature: Double, topK: Int, topP: Double) {
    let sampling = Sampling(temperature: temperature, topK: topK, topP: topP)
    let expected = exact(temperature: temperature, topK: topK, topP: topP)
    let distribution = sampling.distribution(scores[...], allowed: allowed)
    #expect(Set(distribution.map(\.token)) == Set(expected.keys))
    for (token, probability) in distribution { #expect(abs(probability - expected[token]!) < 1e-12) }
    let (random, draws) = (Philox(seed: 5, stream: .generation), 1_000_000)
    var counts: [Int32: Int] = [:]
    for draw in 0..<draws {
      counts[sampling.draw(scores[...], allowed: allowed, uniform: random.uniform(draw)), default: 0] += 1
    }
    #expect(Set(counts.keys) == Set(expected.keys))
    let chi = expected.reduce(0.0) { sum, entry in
      let mean = entry.value * Double(draws)
      return sum + pow(Double(counts[entry.key] ?? 0) - mean, 2) / mean
    }
    // The 99.9th percentiles of chi squared with 0 to 6 degrees of freedom.
    #expect(chi <= [1e-9, 10.83, 13.82, 16.27, 18.47, 20.52, 22.46][expected.count - 1])
  }

  @Test func `no temperature takes the best of the allowed, the first of equal ones`() {
    let greedy = Sampling(temperature: 0)
    #expect(greedy.draw(scores[...], allowed: allowed, uniform: 0.9) == 3)
    #expect(greedy.draw(scores[...], allowed: [4, 5, 6], uniform: 0.9) == 4)
  }

  @Test func `a slice is read from its own start`() {
    let row: [Float] = [0, 0, 0] + scores
    #expect(
      Sampling().distribution(row[3...], allowed: allowed).map(\.token)
        == Sampling().distribution(scores[...], allowed: allowed).map(\.token))
  }
}

@Suite struct GeneratorTests {
  private func generate(
    threads: Int, together: Int, count: Int = 7, stops: [[UInt8]] = [], temperature: Double = 1
  ) throws -> [Generator.Generated] {
    var prompts = PackedTokens()
    for number in 0..<count { prompts.append(tokens(number % 3 * 5, seed: number % 3)[...]) }
    let generator = try Generator(
      network("c16-m16-h16(form=modal)-t16", threads: threads),
      Generator.Setting(
        sampling: Sampling(temperature: temperature), allowed: [5, 6, 7, 8], length: 40, stops: stops,
        letters: (0..<12).map { $0 == 7 ? [5, 6] : [$0] }, seed: 2,
        together: together))
    var result: [Generator.Generated] = []
    let isComplete = try generator.generate(
      prompts, threads: threads, isCancelled: { false }, progress: { _ in }, finished: { result += $0 })
    #expect(isComplete)
    return result
  }

  @Test func `what is generated depends on neither threads nor neighbours`() throws {
    let alone = try generate(threads: 1, together: 1)
    #expect(alone.count == 7 && alone.allSatisfy { $0.tokens.count == 40 })
    #expect(Set(alone.map(\.tokens)).count == 7)
    for (threads, together) in [(2, 1), (1, 3), (3, 2), (1, 7)] {
      #expect(try generate(threads: threads, together: together) == alone)
    }
  }

  @Test func `log-likelihoods are those of the sequence read in one pass`() throws {
    let network = try network("c16-m16-h16(form=modal)-t16")
    for (number, generated) in try generate(threads: 1, together: 4).enumerated() {
      let prompt = tokens(number % 3 * 5, seed: number % 3)
      let all = PackedTokens(ids: prompt + generated.tokens, lengths: [prompt.count + generated.tokens.count])
      var targets = Array(all.ids.dropFirst()) + [-1]
      for index in targets.indices where index + 1 < prompt.count { targets[index] = -1 }
      let scores = try #require(try network.scores(of: all, targets: targets)).compactMap { $0 }
      #expect(scores.count == generated.scored && generated.scored == 40 - (prompt.isEmpty ? 1 : 0))
      #expect(abs(scores.reduce(0) { $0 + Double($1.logProbability) } - generated.logLikelihood) < 1e-3)
    }
  }

  @Test func `a stop ends a sequence with the token that completes it`() throws {
    // Token 7 stands for the letters of 5 and 6 together: stops are found across tokens and within one.
    let letters = { (tokens: ArraySlice<Int32>) in tokens.flatMap { $0 == 7 ? [5, 6] : [UInt8($0)] } }
    let contains = { (text: [UInt8], word: [UInt8]) in
      text.indices.contains { text[$0...].starts(with: word) }
    }
    for stops: [[UInt8]] in [[[5, 6]], [[6, 5], [8, 8, 8]], [[6, 8]]] {
      let (free, stopped) = (
        try generate(threads: 1, together: 1), try generate(threads: 1, together: 3, stops: stops)
      )
      var count = 0
      for (whole, cut) in zip(free, stopped) {
        let end = (1...40).first { end in stops.contains { contains(letters(whole.tokens[..<end]), $0) } }
        #expect(cut.tokens == Array(whole.tokens.prefix(end ?? 40)) && cut.isStopped == (end != nil))
        count += end == nil ? 0 : 1
      }
      #expect(count > 2)
    }
  }

  @Test func `a cancelled generation says so`() throws {
    let generator = try Generator(
      network("c16"),
      Generator.Setting(
        sampling: Sampling(), allowed: [5, 6], length: 10, stops: [], letters: [], seed: 1, together: 2))
    #expect(
      try !generator.generate(
        PackedTokens(ids: [5], lengths: [1]), threads: 1, isCancelled: { true }, progress: { _ in }, finished: { _ in }
      ))
  }
}
