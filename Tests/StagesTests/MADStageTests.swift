import Artifacts
import Figures
import Foundation
import Inputs
import ModelStages
import Rankings
import Stages
import Synchronization
import Tables
import TestSupport
import Testing

@testable import DataStages
@testable import StudyStages
@testable import SyntheticStages
@testable import TaskStages

/// Synthetic tasks on tokens, trainings on them, and how these go with losses of pretraining.
@Suite struct MADStageTests {
  private static let small: [String: Value] = [
    "task": .string("in-context-recall"), "vocabulary": .int(8), "length": .int(16), "train": .int(512),
    "dev": .int(60), "test": .int(60), "seed": .int(1),
  ]

  static func task(_ parameters: [String: Value] = small) throws -> MemoryArtifact {
    let run = MemoryRun()
    try run.run(SynthesizeMADStage.self, parameters)
    return run.output("task", .tokenTask)
  }

  private func solve(
    _ path: String, _ task: MemoryArtifact, epochs: Int, rate: Double = 0.005, threads: Int = 1,
    from saved: [Int: [String: [UInt8]]] = [:], interruptAfter polls: Int? = nil
  ) throws -> MemoryRun {
    let run = MemoryRun(interruptAfter: polls)
    run.segments.withLock { $0 = saved }
    do {
      try run.run(
        SolveMADStage.self,
        ["epochs": .int(epochs), "batch": .int(32), "lr": .float(rate), "weight-decay": .float(0)],
        ["architecture": MemoryArtifact(.architecture, ["": Array("\(path)\n".utf8)]), "task": task], threads: threads)
    } catch is Interrupted {}
    return run
  }

  private func accuracy(_ run: MemoryRun) throws -> Double {
    let document = try JSONArtifact.decode(MetricsDocument.self, run.output("metrics", .metrics).bytes())
    #expect(document.metrics.primary == .macroAccuracy)
    return try #require(document.metrics.test[.macroAccuracy]?.value)
  }

  /// One of each of these stages, small.
  static func chain(threads: Int) throws -> [String: MemoryRun] {
    let made = MemoryRun()
    try made.run(SynthesizeMADStage.self, small)
    let solved = MemoryRun()
    try solved.run(
      SolveMADStage.self, ["epochs": .int(1), "batch": .int(64)],
      [
        "architecture": MemoryArtifact(.architecture, ["": Array("m8-t8\n".utf8)]),
        "task": made.output("task", .tokenTask),
      ], threads: threads)
    return ["synthesize-mad": made, "solve-mad": solved, "correlate": try correlated()]
  }

  /// Five paths whose results and losses have one order.
  private static func correlated(_ last: Double = 1.6, paths: Int = 5, power: String = "") throws -> MemoryRun {
    let names = ["c8", "t8", "m8", "h8", "l8"].prefix(paths)
    let scores = names.enumerated().flatMap { number, path in
      ["x", "y"].map { task in
        StageInput(
          ids: ["candidate": [path], "task": [task]],
          artifact: BaselineTests.metrics(0.9 - 0.1 * Double(number) - (task == "x" ? 0.02 : 0), architecture: path))
      }
    }
    let ranking = MemoryRun()
    try ranking.run(RankStage.self, ["aggregate": .string("mean")], items: ["scores": scores])
    let histories = names.enumerated().map { number, path in
      let bits = path == "l8" ? last : 1.5 + 0.01 * Double(number)
      let text = """
        { "objective": "ntp", "points": [], "pending": [], "operations": \(1000 + 10 * number)\(power), "heldOut": [{
          "architecture": "\(path)", "loss": \(bits), "accuracy": 0.4, "tokens": 9, "letters": 9, "perplexity": 3,
          "bitsPerLetter": \(bits) }] }
        """
      return StageInput(ids: ["candidate": [path]], artifact: MemoryArtifact(.history, ["": Array(text.utf8)]))
    }
    let run = MemoryRun()
    try run.run(
      CorrelateStage.self,
      items: [
        "ranking": [StageInput(ids: [:], artifact: ranking.output("ranking", .ranking))], "histories": histories,
      ])
    return run
  }

  @Test func `attention solves a recall, and the same state comes of any threads and stops`() throws {
    let task = try Self.task()
    let direct = try solve("t16-t16", task, epochs: 30)
    #expect(try accuracy(direct) > 0.9)
    // A convolution of few taps cannot look so far back.
    #expect(try accuracy(solve("c16(kernel=3)", task, epochs: 30)) < 0.7)
    let states = { (run: MemoryRun) in run.segments.withLock { $0 } }
    let threaded = try solve("t16-t16", task, epochs: 30, threads: 3)
    #expect(threaded.digest == direct.digest && states(threaded) == states(direct))
    let first = try solve("t16-t16", task, epochs: 10)
    let second = try solve("t16-t16", task, epochs: 30, from: states(first))
    #expect(second.digest == direct.digest && states(second)[480] == states(direct)[480])
    let stopped = try solve("t16-t16", task, epochs: 30, interruptAfter: 77)
    #expect(states(stopped).keys.sorted() == [77] && stopped.files.withLock { $0 }.isEmpty)
    #expect(try solve("t16-t16", task, epochs: 30, from: states(stopped)).digest == direct.digest)
  }

  /// The state of the last token must hold the sequence: that of a Mamba can, and that of a convolution has what its
  /// taps see.
  @Test func `a sequence is told again from the features of its last token`() throws {
    let task = try Self.task([
      "task": .string("compression"), "vocabulary": .int(5), "length": .int(5), "train": .int(256), "dev": .int(40),
      "test": .int(60),
    ])
    #expect(try accuracy(solve("m32-m32", task, epochs: 60)) > 0.9)
    let blind = try accuracy(solve("c16(kernel=1,dilation=1)", task, epochs: 20))
    // The last token is always the same, and right.
    #expect(blind < 0.55 && blind > 0.2)
  }

  @Test func `a task is shown with its setting and its first sequences`() throws {
    let artifact = try Self.task([
      "task": .string("noisy-in-context-recall"), "length": .int(12), "train": .int(20), "dev": .int(5),
      "test": .int(6),
    ])
    let view = try ArtifactView(artifact)
    #expect(
      view.lines[0] == "noisy-in-context-recall: 32 tokens, 16 of noise, length 12, noise in 20 % of pairs; seed 0")
    #expect(view.lines[1] == "a guess is right in 12.50 %")
    #expect(view.tables[0].rows.map { $0[0] } == ["train", "dev", "test"])
    #expect(view.tables[0].rows.map { $0[1] } == ["20", "5", "6"])
    #expect(view.tables[1].rows.map { $0[1] } == ["tokens", "asked for", "tokens", "asked for"])
    #expect(view.tables[1].rows[3][2].hasPrefix(" ."))
    let again = MemoryRun()
    try again.run(SynthesizeMADStage.self, Self.small)
    #expect(try again.output("task", .tokenTask).files == Self.task().files)
  }

  /// Of so few sequences most come again, which is counted and told.
  @Test func `sequences that train has too are counted`() throws {
    let run = MemoryRun()
    try run.run(
      SynthesizeMADStage.self,
      [
        "task": .string("compression"), "vocabulary": .int(3), "length": .int(4), "train": .int(100),
        "dev": .int(10), "test": .int(10),
      ])
    #expect(run.warnings == ["dev", "test"].map { "10 of 10 sequences of \($0) are in train too" })
    let artifact = run.output("task", .tokenTask)
    let view = try ArtifactView(artifact)
    #expect(view.tables[0].rows.map { $0[4] } == ["-", "10", "10"])
    let solved = try solve("t8", artifact, epochs: 1)
    let document = try JSONArtifact.decode(MetricsDocument.self, solved.output("metrics", .metrics).bytes())
    #expect(document.rows.testInTrain == 10 && document.rows.devInTrain == 10)
  }

  @Test func `numbers that a task does not read, or that make none, are findings`() {
    func findings(_ stated: [String: Value]) -> [String] {
      let declaration = SynthesizeMADStage.declaration
      var values = declaration.parameters.reduce(into: [:]) { $0[$1.name] = $1.defaultValue }
      values.merge(stated) { $1 }
      return declaration.rules.flatMap { $0.findings(StageSettings(values: values)) }.map(\.message)
    }
    #expect(
      findings(["copies": .int(4)]) == [
        "'copies' belongs to the task 'selective-copying'; 'in-context-recall' does not read it"
      ])
    #expect(findings(["length": .int(9)]) == ["a recall needs an even length of at least 4, and has 9"])
    #expect(
      findings(["task": .string("selective-copying"), "length": .int(20)])
        == ["16 tokens to copy need a length above 33"])
    #expect(findings(["task": .string("noisy-in-context-recall"), "noise": .float(0.4)]).isEmpty)
  }

  @Test func `a ranking by means has the mean of results as its score`() throws {
    let scores = BaselineTests.candidates
    let run = MemoryRun()
    try run.run(
      RankStage.self, ["aggregate": .string("mean")], items: ["scores": scores, "baselines": [scores[0], scores[1]]])
    let document = try RankingDocument(run.output("ranking", .ranking))
    #expect(document.ranking.rows.map { $0.candidate[0] } == ["c", "b", "a"])
    for (score, expected) in zip(document.ranking.rows.map(\.score), [0.6, 0.45, 0.45]) {
      #expect(abs(score! - expected) < 1e-12)
    }
    #expect(abs(document.baselines![0].score! - 0.45) < 1e-12)
    let view = try ArtifactView(run.output("ranking", .ranking))
    #expect(view.lines.contains("score: the mean of the results on dev over tasks"))
  }

  @Test func `losses that fall as results grow are correlated`() throws {
    let run = try Self.correlated()
    let view = try ArtifactView(run.output("correlation", .correlation))
    #expect(view.tables[0].rows.map { $0[0] } == ["mean over tasks", "x", "y"])
    #expect(view.tables[0].rows.allSatisfy { $0[1] == "-1.000" })
    // Of 120 orders of five, two are as far from 0.
    #expect(abs(Double(view.tables[0].rows[0][3])! - 2.0 / 120) < 0.01)
    #expect(view.tables[1].rows.map { $0[0] } == ["c8", "t8", "m8", "h8", "l8"])
    #expect(view.lines[0].hasPrefix("5 architectures, 2 tasks") && view.pictures.map(\.name) == ["claim"])
    // The worst on tasks has the lowest loss: ranks 5 4 3 2 1 beside 2 3 4 5 1.
    let other = try ArtifactView(Self.correlated(1.4).output("correlation", .correlation))
    #expect(other.tables[0].rows[0][1] == "0.000")
    // Trainings of a cluster take more operations than an integer holds.
    let large = try ArtifactView(Self.correlated(power: "e17").output("correlation", .correlation))
    let operations = large.tables[1].rows.map { $0[3] }
    #expect(operations == ["1e20", "1.01e20", "1.02e20", "1.03e20", "1.04e20"], "\(operations)")
    let few = #expect(throws: StageFailure.self) { try Self.correlated(paths: 3) }
    #expect(few?.code == "few-architectures")
  }
}
