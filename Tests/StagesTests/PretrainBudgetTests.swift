import Artifacts
import Blocks
import Inputs
import Networks
import Spaces
import Stages
import Testing
import Tokenizers

@testable import DataStages
@testable import ModelStages

/// Trainings whose length is a number of operations.
@Suite(.serialized) struct PretrainBudgetTests {
  private static let path = "c8-t16"

  private static func run(_ parameters: [String: Value]) throws -> TrainingHistory {
    var inputs = try PretrainTests.inputs()
    inputs["space"] = nil
    inputs["architecture"] = MemoryArtifact(.architecture, ["": Array(path.utf8)])
    let run = MemoryRun()
    try run.run(
      PretrainStage.self,
      ["objective": .string("ntp"), "batch": .int(8), "length": .int(24), "warm-up": .int(2)]
        .merging(parameters) { $1 }, inputs)
    return try JSONArtifact.decode(TrainingHistory.self, run.output("history", .history).bytes())
  }

  /// A step of 8 sequences of 24 letters: forward and backward, a head at every letter but the last.
  private static func step() throws -> Double {
    let architecture = try Architecture(parsing: path)
    let tokenizer = try TokenizerArtifact.read(#require(PretrainTests.inputs()["tokenizer"]))
    let description = SupernetDescription(
      vocabulary: tokenizer.vocabularySize, architectures: [architecture], causal: true, seed: 0)
    let path = PathOperations(description, architecture, head: .tokens)
    return PathOperations.training(forward: path.forward([Int](repeating: 24, count: 8), outputs: 8 * 23))
  }

  @Test func `a budget is spent in as many steps as come nearest`() throws {
    let step = try Self.step()
    let history = try Self.run(["budget": .float(step * 13.4)])
    #expect(history.allPoints.last?.step == 13)
    let spent = try #require(history.operations)
    #expect(abs(spent / step - 13) < 1e-9, "\(spent / step)")
    #expect(history.trained == 13 * 8 * 24)
    #expect(try #require(history.heldOut.first?.parameters) > 1000)
  }

  @Test(arguments: ["wsd", "cosine"]) func `the rate falls to the end of a budget`(schedule: String) throws {
    let budget = try Self.step() * 20
    let history = try Self.run(
      ["budget": .float(budget), "schedule": .string(schedule), "decay-to": .float(0.1), "lr": .float(0.01)])
    let rates = history.points.compactMap(\.rate)
    #expect(rates.count == 2 && rates[1] < 0.004 && rates[1] > 0.0009, "\(rates)")
    #expect(schedule == "wsd" ? rates[0] == 0.01 : rates[0] < 0.01)
  }

  @Test func `a budget that says too little or twice is refused`() throws {
    let small = #expect(throws: StageFailure.self) { try Self.run(["budget": .float(10)]) }
    #expect(small?.code == "bad-budget" && small?.message.hasPrefix("one step of c8-t16 takes") == true)
    let endless = #expect(throws: StageFailure.self) { try Self.run(["budget": .float(1e25)]) }
    #expect(endless?.code == "bad-budget" && endless?.message.hasSuffix("of more than 1e9 steps") == true)
    let twice = #expect(throws: StageFailure.self) {
      try Self.run(["budget": .float(1e9), "steps": .int(20)])
    }
    #expect(twice?.message.contains("leave 'steps' out") == true)
    let run = MemoryRun()
    let space = #expect(throws: StageFailure.self) {
      try run.run(
        PretrainStage.self, ["budget": .float(1e9), "batch": .int(8), "length": .int(24)], PretrainTests.inputs())
    }
    #expect(space?.code == "bad-budget")
  }
}
