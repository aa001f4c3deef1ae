import Artifacts
import Foundation
import Inputs
import Stages
import Synchronization
@testable import Tables
import TestSupport
import Testing

@testable import AuditStages
@testable import DataStages
@testable import DesignStages
@testable import LikelihoodStages
@testable import ModelStages
@testable import ProbeStages
@testable import TaskStages
@testable import UseStages

/// Every stage on small input: threads, views, interruptions, failures with their words.
@Suite(.serialized) struct StageTests {
  /// All stages in a row, small. Returns the run of each.
  static func chain(threads: Int = 1) throws -> [String: MemoryRun] {
    var runs: [String: MemoryRun] = [:]
    let run = { (stage: any Stage.Type, parameters: [String: Value], inputs: [String: any InputArtifact]) in
      let memory = MemoryRun()
      try memory.run(stage, parameters, inputs, threads: threads)
      runs[stage.declaration.name] = memory
      return memory
    }
    let promoters = try run(
      SynthesizeStage.self, ["train": .int(80), "dev": .int(20), "test": .int(20)], [:])
    let labelled = promoters.output("sequences", .labelledSequences)
    _ = try run(
      WindowsStage.self, ["length": .int(20), "step": .int(10), "held-out": .float(0.25)],
      ["sequences": MemoryArtifact(.sequences, ["": Array(genome.utf8)], format: "fasta")])
    let tokens = try run(TokenizeStage.self, ["k": .int(2)], ["sequences": labelled])
    let space = try run(
      SampleSpaceStage.self,
      [
        "modules": .list([.string("cnn"), .string("transformer")]), "depths": .list([.int(2)]),
        "widths": .list([.int(8), .int(16)]), "count": .int(2), "min-distance": .float(0),
      ], [:])
    _ = try run(StackStage.self, ["growth": .string("pooling"), "width": .int(8)], [:])
    let tokenizer = tokens.output("tokenizer", .tokenizer)
    let weights = try run(
      PretrainStage.self, ["steps": .int(4), "batch": .int(8), "length": .int(32)],
      [
        "tokens": tokens.output("tokens", .tokens), "tokenizer": tokenizer, "space": space.output("space", .space),
      ])
    let tuned = try run(
      FineTuneStage.self, ["epochs": .int(1)],
      [
        "weights": weights.output("weights", .weights), "tokenizer": tokenizer,
        "architecture": MemoryArtifact(.architecture, ["": Array("c8-t16\n".utf8)]), "task": labelled,
      ])
    let (model, few) = (
      tuned.output("model", .model),
      MemoryArtifact(.sequences, ["": Array(">a\n\(TaskTests.sequence(1, 80))\n>b\nACGT\n".utf8)], format: "fasta")
    )
    _ = try run(PredictStage.self, [:], ["model": model, "sequences": few])
    _ = try run(EmbedStage.self, [:], ["model": model, "sequences": few])
    _ = try run(
      ReceptiveFieldStage.self, ["length": .int(20), "pieces": .int(3)], ["model": model, "sequences": labelled])
    _ = try run(
      AttributeStage.self, ["steps": .int(4), "rows": .int(6), "upstream": .int(50)],
      ["model": model, "task": labelled])
    let (causal, path) = (MemoryRun(), MemoryArtifact(.architecture, ["": Array("c8-t16\n".utf8)]))
    try causal.run(
      PretrainStage.self, ["objective": .string("ntp"), "steps": .int(4), "batch": .int(8), "length": .int(32)],
      ["tokens": tokens.output("tokens", .tokens), "tokenizer": tokenizer, "architecture": path], threads: threads)
    let scored = [
      "weights": causal.output("weights", .weights), "tokenizer": tokenizer, "architecture": path, "sequences": few,
    ]
    _ = try run(ScoreStage.self, ["strands": .string("both"), "window": .int(30)], scored)
    let mutants = try run(
      VariantsStage.self, ["kind": .string("single-mutants"), "record": .string("b")], scored)
    let labels = MemoryArtifact(.file, ["": Array("name,label\nA1C,1\nA1G,0.5\nA1T,3\nC2A,2\nG3A,4\nx,1\n".utf8)])
    _ = try run(
      AssessStage.self, [:], ["scores": mutants.output("scores", .variantScores), "labels": labels])
    let features = MemoryRun()
    try features.run(EmbedStage.self, [:], ["model": model, "sequences": labelled])
    let judged = ["task": labelled, "embeddings": features.output("embeddings", .embeddings)]
    _ = try run(ProbeStage.self, ["k": .int(3)], judged)
    _ = try run(ClusterStage.self, ["pca": .int(6), "clusters": .int(4)], judged)
    _ = try run(AuditStage.self, ["k": .int(12)], ["task": labelled, "corpus": few])
    let linear = try run(BaselineStage.self, [:], ["task": labelled])
    let (intervals, ranking, ensemble) = (MemoryRun(), MemoryRun(), MemoryRun())
    try ensemble.run(
      EnsembleStage.self,
      items: [
        "members": [("tuned", tuned), ("linear", linear)].flatMap { name, run in
          [("metrics", ArtifactKind.metrics), ("predictions", .predictions)].map { port, kind in
            StageInput(ids: ["member": [name]], artifact: run.output(port, kind))
          }
        }
      ])
    runs["ensemble"] = ensemble
    try intervals.run(
      IntervalsStage.self, ["length": .int(12), "gc-tolerance": .float(0.3)],
      [
        "genome": MemoryArtifact(
          .sequences, ["": Array(">c\n\(TaskTests.sequence(1, 3000))\n".utf8)], format: "fasta"),
        "intervals": MemoryArtifact(
          .intervals, ["": Array((1..<25).map { "c\t\($0 * 100)\t\($0 * 100 + 12)\n" }.joined().utf8)], format: "bed"),
      ])
    try ranking.run(RankStage.self, items: ["scores": BaselineTests.candidates])
    runs["intervals"] = intervals
    runs["rank"] = ranking
    for (name, run) in try StudyStageTests.chain(threads: threads) { runs[name] = run }
    for (name, run) in try GenerateStageTests.chain(threads: threads) { runs[name] = run }
    _ = try run(
      DesignStage.self,
      ["random": .int(3), "random-length": .int(70), "rounds": .int(4), "offspring": .int(5)],
      ["model": tuned.output("model", .model)])
    for (name, run) in try MADStageTests.chain(threads: threads) { runs[name] = run }
    return runs
  }

  static let genome =
    ">a\n" + String(repeating: "ACGTTGCANACGGT", count: 12) + "\n>b\n" + String(repeating: "GATTACA", count: 20)

  @Test func `the number of threads does not matter`() throws {
    let one = try Self.chain(threads: 1).mapValues(\.digest)
    #expect(try Self.chain(threads: 2).mapValues(\.digest) == one)
    #expect(try Self.chain(threads: 3).mapValues(\.digest) == one)
  }

  @Test func `artifacts of all kinds have a view`() throws {
    let runs = try Self.chain()
    for declaration in BuiltIn.stages.map({ $0.declaration }) {
      guard let run = runs[declaration.name] else { continue }
      for port in declaration.outputs {
        let view = try ArtifactView(run.output(port.name, port.kind))
        #expect(!view.lines.isEmpty || !view.tables.isEmpty, "\(declaration.name).\(port.name)")
        for table in view.tables { for row in table.rows { #expect(row.count == table.columns.count) } }
      }
    }
  }

  @Test(arguments: [3, 9, 14]) func `an interrupted pretraining goes on`(_ polls: Int) throws {
    let runs = try Self.chain()
    let tokens = try #require(runs["tokenize"])
    let inputs: [String: any InputArtifact] = [
      "tokens": tokens.output("tokens", .tokens), "tokenizer": tokens.output("tokenizer", .tokenizer),
      "space": try #require(runs["sample-space"]).output("space", .space),
    ]
    let parameters: [String: Value] = ["steps": .int(16), "batch": .int(8), "length": .int(32)]
    let whole = MemoryRun()
    try whole.run(PretrainStage.self, parameters, inputs)
    let first = MemoryRun(interruptAfter: polls)
    #expect(throws: Interrupted.self) { try first.run(PretrainStage.self, parameters, inputs) }
    let saved = first.segments.withLock { $0 }
    #expect(saved.keys.max() ?? 0 > 0 && saved.keys.max() ?? 99 < 16)
    let second = MemoryRun()
    second.segments.withLock { $0 = saved }
    try second.run(PretrainStage.self, parameters, inputs)
    #expect(second.digest == whole.digest)
  }

  @Test func `failures of stages are results with a code`() throws {
    let fails = {
      (code: String, stage: any Stage.Type, parameters: [String: Value], inputs: [String: any InputArtifact]) in
      do {
        try MemoryRun().run(stage, parameters, inputs)
        Issue.record("\(code) was not thrown")
      } catch let failure as StageFailure { #expect(failure.code == code, "\(failure)") } catch {
        Issue.record("\(error)")
      }
    }
    let fasta = { (text: String) in MemoryArtifact(.sequences, ["": Array(text.utf8)], format: "fasta") }
    fails("bad-data", WindowsStage.self, [:], ["sequences": fasta(">a\nACGQ\n")])
    fails("no-windows", WindowsStage.self, ["rest": .string("drop")], ["sequences": fasta(">a\nACGT\n")])
    fails("bad-data", TokenizeStage.self, [:], ["sequences": fasta("")])
    fails("bad-space", SampleSpaceStage.self, ["count": .int(99_999), "depths": .list([.int(2)])], [:])
    fails("bad-architecture", SampleSpaceStage.self, ["architectures": .list([.string("x64")])], [:])
    fails("bad-synthesis", SynthesizeStage.self, ["upstream": .int(2)], [:])
    let runs = try Self.chain()
    let tokens = try #require(runs["tokenize"])
    let even = MemoryRun()
    try even.run(SampleSpaceStage.self, ["architectures": .list([.string("c8(kernel=4)")])])
    fails(
      "bad-architecture", PretrainStage.self, ["steps": .int(1)],
      [
        "tokens": tokens.output("tokens", .tokens), "tokenizer": tokens.output("tokenizer", .tokenizer),
        "space": even.output("space", .space),
      ])
    fails("cannot-rank", RankStage.self, [:], [:])
  }
}
