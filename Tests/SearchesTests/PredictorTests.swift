import Rankings
import Searches
import Spaces
import TestSupport
import Testing

/// Predictors of results: planted rules are learnt, noise is not.
@Suite struct PredictorTests {
  /// Architectures of two to four layers of four kinds.
  private static func architectures(_ count: Int, _ random: inout RandomNumbers) throws -> [Architecture] {
    var known: [Architecture] = []
    while known.count < count {
      let layers = (0..<Int.random(in: 2...4, using: &random)).map { _ in
        ["c", "t", "h", "m"].randomElement(using: &random)! + ["32", "64"].randomElement(using: &random)!
      }
      let architecture = try Architecture(parsing: layers.joined(separator: "-"))
      if !known.contains(architecture) { known.append(architecture) }
    }
    return known
  }

  /// A Hyena first is good, a transformer last is, and wide layers are.
  private static func truth(_ architecture: Architecture) -> Double {
    let text = architecture.text
    return (text.hasPrefix("h") ? 1 : 0) + (text.split(separator: "-").last!.hasPrefix("t") ? 1 : 0)
      + 0.3 * Double(text.split(separator: "-").count { $0.hasSuffix("64") })
  }

  @Test(arguments: ScorePredictor.allCases) func `a planted rule is foreseen on a task left out, and noise is not`(
    _ method: ScorePredictor
  ) throws {
    let trials = Trials.count(3)
    var (found, sum) = (0, 0.0)
    for trial in 0..<trials {
      var random = RandomNumbers(seed: UInt64(trial))
      let all = try Self.architectures(80, &random)
      let known = Array(all[..<60]), asked = Array(all[60...])
      let noisy = known.map { Self.truth($0) + 0.3 * random.normal() }
      let foreseen = try #require(
        try method.predict(known, noisy, of: asked, seed: trial, threads: 2, isInterrupted: { false }))
      let right = Regression(predicted: foreseen, targets: asked.map(Self.truth)).value(of: .spearman) ?? 0
      if right > 0.5 { found += 1 }
      let noise = known.map { _ in random.normal() }
      let other = try #require(
        try method.predict(known, noise, of: asked, seed: trial, threads: 1, isInterrupted: { false }))
      sum += Regression(predicted: other, targets: asked.map(Self.truth)).value(of: .spearman) ?? 0
    }
    #expect(found >= trials * 9 / 10, "\(found) of \(trials)")
    // The mean over trials of correlations with a deviation of some 0.3.
    #expect(abs(sum / Double(trials)) < 3.7 * 0.3 / Double(trials).squareRoot(), "\(sum / Double(trials))")
  }

  @Test func `threads change nothing, and what is interrupted has no answer`() throws {
    var random = RandomNumbers(seed: 5)
    let known = try Self.architectures(24, &random)
    let scores = known.map(Self.truth)
    for method in ScorePredictor.allCases {
      let one = try method.predict(known, scores, of: known, seed: 1, threads: 1, isInterrupted: { false })
      #expect(try method.predict(known, scores, of: known, seed: 1, threads: 3, isInterrupted: { false }) == one)
      #expect(try method.predict(known, scores, of: known, seed: 1, threads: 1, isInterrupted: { true }) == nil)
    }
    let same = try ScorePredictor.graph.predict(
      known, known.map { _ in 0.5 }, of: known, seed: 1, threads: 1, isInterrupted: { false })
    #expect(same == known.map { _ in 0.5 })
  }

  @Test func `measures of predictors are those of their definitions`() throws {
    var random = RandomNumbers(seed: 6)
    let all = try Self.architectures(20, &random)
    // Two tasks of one order, and a third of the opposite one.
    let truth = all.indices.map { Double($0) }
    let assessment = try #require(
      try PredictorAssessment(
        all, tasks: ["a", "b", "c"], results: [truth, truth, truth.map(-)], nearest: [1, 0, 0], k: 4, seed: 0,
        threads: 2, progress: { _, _ in }, isInterrupted: { false }))
    let row = { (task: String, method: String) in
      try #require(assessment.rows.first { $0.task == task && $0.method == method && $0.setting == .known })
    }
    let nearest = try row("a", "nearest")
    #expect(nearest.correlation == 1 && nearest.precision == 1 && nearest.hit == 1)
    let opposite = try row("c", "nearest")
    #expect(opposite.correlation == -1 && opposite.precision == 0 && opposite.hit == 0)
    // The others' mean on a is flat, for b and c cancel.
    #expect(try row("a", "tasks").correlation == nil)
    #expect(try row("c", "tasks").correlation == -1)
    let chance = try row("a", "chance")
    #expect(chance.precision == 0.2 && chance.hit == 0.2)
    #expect(assessment.rows.count == 3 * (2 * 3 + 2 + 2))
  }
}
