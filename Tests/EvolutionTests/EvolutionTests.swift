import Randomness
import SequenceProfiles
import Sequences
import Testing

@testable import Evolution

private func random(_ count: Int, seed: Int) -> [UInt8] {
  let (random, letters) = (Philox(seed: seed, stream: .synthesis), Array("ACGT".utf8))
  return (0..<count).map { letters[random.integer(below: 4, $0)] }
}

/// Letters that agree with a hidden target, place by place.
private func agreement(_ target: [UInt8]) -> ([[UInt8]]) -> [Double] {
  {
    $0.map { sequence in Double(zip(sequence, target).count { $0 == $1 }) - Double(abs(sequence.count - target.count)) }
  }
}

private func setting(_ rounds: Int, seed: Int = 1, kinds: [Double] = [1, 0, 0]) -> Evolution.Setting {
  var setting = Evolution.Setting()
  (setting.rounds, setting.survivors, setting.offspring, setting.seed, setting.kinds) = (rounds, 4, 24, seed, kinds)
  return setting
}

@Suite struct EvolutionTests {
  @Test(arguments: 0..<5) func `a planted best sequence is found`(seed: Int) throws {
    let target = random(30, seed: 100 + seed)
    let evolution = Evolution([random(30, seed: seed), random(30, seed: seed + 50)], .dna, setting(150), Constraints())
    let found = try #require(evolution.run(scores: agreement(target), isCancelled: { false }) { _, _, _ in })
    for population in found { #expect(population[0].sequence == target && population[0].score == 30) }
  }

  @Test(arguments: 0..<12) func `constraints are never broken, and the edits lead from start to result`(seed: Int)
    throws
  {
    let start = random(40, seed: seed)
    var constraints = Constraints()
    constraints.fixed = [3..<9, 20..<21]
    constraints.forbidden = ["GGG", "CCWGG"].compactMap { Pattern($0, .dna) }
    constraints.required = ["TATA"].compactMap { Pattern($0, .dna) }
    constraints.gc = 0.3...0.6
    constraints.lengths = 36...44
    constraints.edits = 25
    let target = random(42, seed: 200 + seed)
    let evolution = Evolution([start], .dna, setting(60, seed: seed, kinds: [0.6, 0.2, 0.2]), constraints)
    var asked: [[UInt8]] = []
    let found = try #require(
      evolution.run(
        scores: {
          asked += $0
          return agreement(target)($0)
        }, isCancelled: { false }
      ) { _, _, _ in })
    #expect(Set(asked).count == asked.count)
    for member in found[0] {
      // Fixed letters of the start may break some of the others from the beginning; none become more.
      #expect(member.excess <= constraints.excess(of: start, .dna))
      #expect(member.edits.count <= 25)
      var sequence = start
      var places = Array(0..<40).map { Optional($0) }
      for edit in member.edits {
        let (from, to) = (Array(edit.from.utf8), Array(edit.to.utf8))
        #expect(Array(sequence[edit.place..<edit.place + from.count]) == from)
        for place in places[edit.place..<edit.place + from.count] {
          #expect(!(constraints.fixed.contains { $0.contains(place ?? -1) }))
        }
        sequence.replaceSubrange(edit.place..<edit.place + from.count, with: to)
        places.replaceSubrange(
          edit.place..<edit.place + from.count,
          with: to.indices.map { _ in from.isEmpty ? nil : places[edit.place] })
      }
      #expect(sequence == member.sequence && member.score == agreement(target)([sequence])[0])
      for range in constraints.fixed {
        let kept = range.map { place in places.firstIndex(of: place) }
        #expect(kept.allSatisfy { $0 != nil })
        #expect(zip(kept, kept.dropFirst()).allSatisfy { $1! == $0! + 1 }, "letters come between fixed ones")
      }
    }
    if found[0][0].excess == 0 {
      let best = found[0][0].sequence
      #expect(constraints.broken(by: best, .dna).isEmpty)
      #expect(!String(decoding: best, as: UTF8.self).contains("GGG"))
      #expect(String(decoding: best, as: UTF8.self).contains("TATA") && (36...44).contains(best.count))
    }
  }

  @Test func `starts that break constraints come to keep them`() throws {
    var constraints = Constraints()
    constraints.required = [Pattern("TATAWAWR", .dna)!]
    constraints.gc = 0.2...0.4
    let starts = (0..<6).map { random(50, seed: $0) }
    let evolution = Evolution(starts, .dna, setting(60), constraints)
    let found = try #require(
      evolution.run(scores: { $0.map { _ in 0 } }, isCancelled: { false }) { _, _, _ in })
    #expect(found.allSatisfy { $0[0].excess == 0 })
  }

  @Test func `results keep their distance from training sequences`() throws {
    let target = random(60, seed: 7)
    var constraints = Constraints()
    constraints.copied = 10
    var words = WordSet(PackedWords(.dna, length: 11))
    words.add([target])
    constraints.trained = words
    let found = try #require(
      Evolution([random(60, seed: 1)], .dna, setting(200), constraints)
        .run(scores: agreement(target), isCancelled: { false }) { _, _, _ in })
    let best = found[0][0]
    #expect(best.excess == 0 && best.score > 45 && best.score < 60)
    for start in 0...49 {
      let word = Array(best.sequence[start..<start + 11])
      #expect(!(0...49).contains { Array(target[$0..<$0 + 11]) == word })
    }
  }

  @Test func `the same seed gives the same, another another, and a cancelled one nothing`() throws {
    let run = { (seed: Int, cancel: Bool) in
      Evolution([random(30, seed: 1)], .dna, setting(10, seed: seed), Constraints())
        .run(scores: agreement(random(30, seed: 2)), isCancelled: { cancel }) { _, _, _ in }
    }
    #expect(run(1, false) == run(1, false) && run(1, false) != run(2, false) && run(1, true) == nil)
  }

  @Test func `patterns are words with codes for several letters`() throws {
    #expect(Pattern("", .dna) == nil && Pattern("AX", .dna) == nil && Pattern("AJ", .protein) == nil)
    let pattern = try #require(Pattern("tatawr", .dna))
    #expect(pattern.misses(in: Array("CCTATATGCC".utf8)) == 0 && pattern.misses(in: Array("CCTATATCCC".utf8)) == 1)
    #expect(pattern.misses(in: Array("TAT".utf8)) == 6)
    #expect(Pattern("MXK", .protein)?.misses(in: Array("AAMWK".utf8)) == 0)
  }
}
