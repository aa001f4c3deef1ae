import Artifacts
import DataStages
import Inputs
import Testing

@testable import ModelStages
@testable import TaskStages

/// Positions belong to the weights: a fine-tune has those that it starts from.
@Suite struct PositionTests {
  /// Weights of letters with positions, and what a fine-tune on them reads: sequences of 100 letters.
  private func inputs(
    _ parameters: [String: Value], from start: (any InputArtifact)? = nil
  ) throws -> [String: any InputArtifact] {
    let promoters = MemoryRun(), tokens = MemoryRun(), weights = MemoryRun()
    try promoters.run(SynthesizeStage.self, ["train": .int(40), "dev": .int(20), "test": .int(20)])
    let task = promoters.output("sequences", .labelledSequences)
    try tokens.run(TokenizeStage.self, ["k": .int(1)], ["sequences": task])
    let architecture = MemoryArtifact(.architecture, ["": Array("c8-t8\n".utf8)])
    let tokenizer = tokens.output("tokenizer", .tokenizer)
    try weights.run(
      PretrainStage.self,
      ["steps": .int(2), "batch": .int(4), "length": .int(24)].merging(parameters) { $1 },
      [
        "tokens": tokens.output("tokens", .tokens), "tokenizer": tokenizer, "architecture": architecture,
        "weights": start,
      ].compactMapValues { $0 })
    return [
      "weights": weights.output("weights", .weights), "tokenizer": tokenizer, "architecture": architecture,
      "task": task,
    ]
  }

  private func failure(_ parameters: [String: Value], _ inputs: [String: any InputArtifact]) throws -> StageFailure? {
    do {
      try MemoryRun().run(
        FineTuneStage.self, ["epochs": .int(1), "hold-out": .float(0.3)].merging(parameters) { $1 }, inputs)
      return nil
    } catch let failure as StageFailure { return failure }
  }

  @Test func `a fine-tune has the positions of its weights`() throws {
    let known = try inputs(["positions": .string("learned"), "max-positions": .int(100)])
    #expect(try failure([:], known) == nil)
    #expect(try failure(["positions": .string("learned")], known) == nil)
    for other in ["sinusoidal", "none"] {
      #expect(try failure(["positions": .string(other)], known)?.code == "other-positions")
    }
    let short = try inputs(["positions": .string("learned")])
    let refused = try #require(try failure([:], short))
    #expect(refused.code == "too-long" && refused.message.contains("'max-length: 24'"), "\(refused.message)")
    #expect(try failure(["max-length": .int(24)], short) == nil)
    #expect(try failure(["pooling": .string("flat")], try inputs(["positions": .string("sinusoidal")])) == nil)
    #expect(throws: StageFailure.self) {
      try inputs(["positions": .string("learned"), "max-positions": .int(10)])
    }
    // Weights get no more positions than they have.
    #expect(throws: (any Error).self) {
      try inputs(["positions": .string("learned"), "max-positions": .int(200)], from: known["weights"])
    }
    _ = try inputs(["positions": .string("learned")], from: known["weights"])
  }

  @Test func `a probe by untrained queries is refused`() throws {
    let inputs = try inputs([:])
    let parameters: [String: Value] = ["linear-probe": .bool(true), "pooling": .string("attention")]
    #expect(try failure(parameters, inputs)?.code == "bad-pooling")
    #expect(try failure(["linear-probe": .bool(true), "pooling": .string("flat")], inputs) == nil)
  }
}
