import Searches
import Spaces
import TestSupport
import Testing

/// Searches with a planted pattern, and without one.
@Suite struct PatternsTests {
  private static func architectures(_ count: Int, _ random: inout RandomNumbers) throws -> [Architecture] {
    let letters = ["c", "l", "t", "m", "h"]
    return try (0..<count).map { _ in
      let depth = Int.random(in: 3...6, using: &random)
      let layers = (0..<depth).map { _ in
        letters.randomElement(using: &random)! + ["32", "64"].randomElement(using: &random)!
      }
      return try Architecture(parsing: layers.joined(separator: "-"))
    }
  }

  @Test func `a planted pattern is found, and none where there is none`() throws {
    let trials = Trials.count(8)
    var (found, wrong) = (0, 0)
    for trial in 0..<trials {
      var random = RandomNumbers(seed: UInt64(trial))
      let architectures = try Self.architectures(360, &random)
      let scores = architectures.map { architecture in
        // A transformer last is two deviations better.
        (architecture.text.split(separator: "-").last!.hasPrefix("t") ? 2.0 : 0) + random.normal()
      }
      let patterns = try #require(Patterns(architectures, scores: scores, share: 0.1, isInterrupted: { false }))
      let first = patterns.findings[0]
      if first.trait.modules == ["transformer"], first.trait.third == 2, first.adjusted < 0.05, first.top > first.others
      {
        found += 1
      }
      let noise = architectures.map { _ in random.normal() }
      let none = try #require(Patterns(architectures, scores: noise, share: 0.1, isInterrupted: { false }))
      if none.findings[0].adjusted < 0.05 { wrong += 1 }
    }
    #expect(found >= trials * 9 / 10, "\(found) of \(trials)")
    #expect(wrong <= Trials.allowed(0.05, of: trials), "\(wrong) of \(trials)")
  }

  @Test func `a sequence of modules is found`() throws {
    var random = RandomNumbers(seed: 77)
    let architectures = try Self.architectures(360, &random)
    let scores = architectures.map { architecture in
      let letters = String(architecture.text.split(separator: "-").map { $0.first! })
      return (letters.contains("htc") ? 4.0 : 0) + random.normal()
    }
    let patterns = try #require(Patterns(architectures, scores: scores, share: 0.1, isInterrupted: { false }))
    let sure = patterns.findings.filter { $0.adjusted < 0.05 }.map(\.trait.modules)
    #expect(sure.contains(["hyena", "transformer", "cnn"]), "\(sure)")
  }

  @Test func `thirds of a path are its layers`() throws {
    // The share of a module in the last third of a path of four layers is that of its last.
    let texts = ["c8-c8-c8-t8", "t8-c8-c8-c8", "c8-t8-c8-c8", "c8-c8-t8-c8"] + (0..<16).map { _ in "c8-c8-c8-c8" }
    let scores = texts.indices.map { -Double($0) }
    let patterns = try #require(
      Patterns(
        texts.map { try Architecture(parsing: $0) }, scores: scores, share: 0.05, isInterrupted: { false }))
    let last = try #require(patterns.findings.first { $0.trait.modules == ["transformer"] && $0.trait.third == 2 })
    // The top has the two best at least: of the last layer one of two is a transformer.
    #expect(patterns.top == 2 && last.top == 0.5 && last.others == 0)
  }
}
