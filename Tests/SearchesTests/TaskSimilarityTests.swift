import Rankings
import Searches
import Spaces
import TestSupport
import Testing

/// Tasks that prefer the same architectures, planted.
@Suite struct TaskSimilarityTests {
  /// Architectures of three layers of four kinds, and how alike they are.
  static let space: (architectures: [Architecture], alike: [[Double]]) = {
    let letters = ["c", "t", "h", "m"]
    let all = letters.flatMap { a in
      letters.flatMap { b in letters.map { try! Architecture(parsing: "\(a)32-\(b)64-\($0)64") } }
    }
    return (all, all.map { one in all.map { one.similarity(to: $0) } })
  }()

  /// Results that are a shared part and noise, correlated by `shared` / (`shared` + 1).
  static func results(_ shared: Double, _ random: inout RandomNumbers) -> [[Double]] {
    let common = space.architectures.map { _ in random.normal() }
    return (0..<2).map { _ in common.map { shared.squareRoot() * $0 + random.normal() } }
  }

  private func similarity(_ results: [[Double]]) throws -> TaskSimilarity {
    try #require(
      TaskSimilarity(
        tasks: results.indices.map { "task\($0)" }, results: results, similarity: Self.space.alike, share: 0.1,
        isInterrupted: { false }))
  }

  @Test func `alike tasks are told from unlike ones`() throws {
    let trials = Trials.count(10)
    var (found, wrong) = (0, [0, 0, 0])
    for trial in 0..<trials {
      var random = RandomNumbers(seed: UInt64(trial))
      let alike = try similarity(Self.results(12, &random)).pairs[0]
      if alike.adjusted! < 0.05, alike.sharedProbability < 0.05 { found += 1 }
      let unlike = try similarity(Self.results(0, &random)).pairs[0]
      for (place, probability) in [unlike.adjusted!, unlike.sharedProbability, unlike.structureProbability].enumerated()
      where probability < 0.05 { wrong[place] += 1 }
    }
    #expect(found >= trials * 9 / 10, "\(found) of \(trials)")
    for count in wrong { #expect(count <= Trials.allowed(0.05, of: trials), "\(wrong) of \(trials)") }
  }

  @Test func `tasks of one order are the same in all respects`() throws {
    var random = RandomNumbers(seed: 3)
    let values = Self.results(1, &random)[0]
    let pair = try similarity([values, values]).pairs[0]
    #expect(pair.correlation.value == 1 && pair.shared == 6 && pair.structure == 1)
    #expect(pair.structureProbability < 0.001 && pair.sharedProbability < 1e-6)
  }

  @Test func `paths are as alike as their layers`() throws {
    let similarity = { (a: String, b: String) throws in
      try Architecture(parsing: a).similarity(to: Architecture(parsing: b))
    }
    #expect(try similarity("c32-t64", "c32-t64") == 1)
    #expect(try similarity("c32-t64", "c64-t64") == 1 - 0.25 / 2)
    #expect(try similarity("c32-t64", "t64") == 0.5)
    #expect(try similarity("c32-t64", "m32-h64") == 0)
    #expect(try similarity("c32", "c32(kernel=3)") == 0)
    #expect(try similarity("h32-c64-t64", "c64-t64") == 1 - 1.0 / 3)
  }
}
