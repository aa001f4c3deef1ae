import Artifacts
import Inputs
import Stages
import Synchronization
import Testing

@testable import DataStages
@testable import DesignStages
@testable import GenerationStages
@testable import ModelStages

@Suite struct GenerateStageTests {
  /// Weights of a path, trained to name what comes next, with their tokenizer.
  static func model(
    _ path: String = "c8-h16(form=modal)", _ tokenizer: [String: Value] = ["k": .int(1)], objective: String = "ntp",
    threads: Int = 1
  ) throws -> [String: any InputArtifact] {
    let inputs = try PretrainTests.inputs(tokenizer)
    let architecture = MemoryArtifact(.architecture, ["": Array("\(path)\n".utf8)])
    let weights = MemoryRun()
    try weights.run(
      PretrainStage.self,
      ["objective": .string(objective), "steps": .int(20), "batch": .int(8), "length": .int(24), "warm-up": .int(2)],
      ["tokens": inputs["tokens"]!, "tokenizer": inputs["tokenizer"]!, "architecture": architecture], threads: threads)
    return [
      "weights": weights.output("weights", .weights), "tokenizer": inputs["tokenizer"]!, "architecture": architecture,
    ]
  }

  static func chain(threads: Int = 1) throws -> [String: MemoryRun] {
    let run = MemoryRun()
    try run.run(
      GenerateStage.self, ["count": .int(5), "length": .int(30), "together": .int(2)], model(threads: threads),
      threads: threads)
    let like = MemoryRun()
    try like.run(
      SequenceStatisticsStage.self, [:],
      [
        "sequences": run.output("sequences", .sequences),
        "reference": MemoryArtifact(.sequences, ["": Array(StageTests.genome.utf8)], format: "fasta"),
        "training": MemoryArtifact(.sequences, ["": Array(StageTests.genome.utf8)], format: "fasta"),
      ], threads: threads)
    return [
      "generate": run, "sequence-statistics": like, "tag-obedience": try TagStageTests.obedience(threads: threads),
    ]
  }

  private func records(_ run: MemoryRun) -> [(header: String, letters: String)] {
    let lines = String(decoding: run.files.withLock { $0["sequences"]![""]! }, as: UTF8.self).split(separator: "\n")
    return stride(from: 0, to: lines.count, by: 2).map { (String(lines[$0]), String(lines[$0 + 1])) }
  }

  private func generate(
    _ parameters: [String: Value], _ inputs: [String: any InputArtifact], threads: Int = 1
  ) throws -> MemoryRun {
    let run = MemoryRun()
    try run.run(GenerateStage.self, parameters, inputs, threads: threads)
    return run
  }

  @Test func `sequences go on from their prompts`() throws {
    let model = try Self.model()
    let prompts = MemoryArtifact(.sequences, ["": Array(">one\nACGTAC\n>two\nTT\n".utf8)], format: "fasta")
    let run = try generate(
      ["count": .int(3), "length": .int(20), "seed": .int(4)], model.merging(["prompts": prompts]) { $1 }, threads: 2)
    let records = records(run)
    #expect(records.count == 6)
    for (index, record) in records.enumerated() {
      let name = index < 3 ? "one-\(index + 1)" : "two-\(index - 2)"
      let prompt = index < 3 ? "ACGTAC" : "TT"
      #expect(record.header.hasPrefix(">\(name) seed=4 prompt=\(prompt.count) tokens=20 log-likelihood=-"))
      #expect(record.letters.hasPrefix(prompt) && record.letters.count == prompt.count + 20)
      #expect(Set(record.letters).isSubset(of: "ACGT"))
    }
    #expect(Set(records.map(\.letters)).count == 6)
    let table = String(decoding: run.files.withLock { $0["table"]![""]! }, as: UTF8.self).split(separator: "\n")
    #expect(table.count == 7 && table[1].hasPrefix("one-1\tone\t20\t20\t-"))
  }

  @Test func `neither threads nor what is drawn together changes a letter`() throws {
    let model = try Self.model()
    let one = try generate(["count": .int(7), "length": .int(40), "together": .int(1)], model)
    let many = try generate(["count": .int(7), "length": .int(40), "together": .int(3)], model, threads: 3)
    #expect(one.digest == many.digest)
    let other = try generate(["count": .int(7), "length": .int(40), "seed": .int(1)], model)
    #expect(one.digest != other.digest)
  }

  @Test func `letters as a prompt can be left out, and stops end`() throws {
    let run = try generate(
      [
        "prompt": .string("acgt"), "keep-prompt": .bool(false), "count": .int(20), "length": .int(60),
        "stop": .list([.string("TA")]),
      ], Self.model())
    for record in records(run) {
      #expect(record.letters.count == 60 || record.letters.hasSuffix("TA"))
      #expect(!record.letters.dropLast().contains("TA"))
    }
    #expect(records(run).contains { $0.letters.count < 60 })
  }

  @Test func `words apart and byte pairs are drawn as whole tokens`() throws {
    for tokenizer: [String: Value] in [
      ["k": .int(3)], ["scheme": .string("bpe"), "vocabulary": .int(40)],
    ] {
      let run = try generate(
        ["count": .int(2), "length": .int(12)], Self.model("m16", tokenizer))
      #expect(records(run).allSatisfy { $0.letters.count >= 12 && Set($0.letters).isSubset(of: "ACGT") })
    }
  }

  @Test func `models and prompts that cannot be used are refused`() throws {
    func fails(_ code: String, _ parameters: [String: Value], _ inputs: [String: any InputArtifact]) {
      #expect {
        try MemoryRun().run(GenerateStage.self, parameters, inputs)
      } throws: { error in (error as? StageFailure)?.code == code }
    }
    let model = try Self.model()
    fails("bad-model", [:], try Self.model("c8-t16", objective: "mm"))
    fails("overlapping-tokens", [:], try Self.model("m16", ["k": .int(3), "stride": .int(1)]))
    fails("unknown-letters", ["prompt": .string("ACGU")], model)
    fails("empty-stop", ["stop": .list([.string("")])], model)
    fails(
      "no-whole-tokens", ["prompt": .string("ACGT")],
      try Self.model("m16", ["k": .int(3), "tail": .string("drop")]))
    fails(
      "bad-model", [:],
      model.merging(["architecture": MemoryArtifact(.architecture, ["": Array("c8-h24(form=modal)\n".utf8)])]) { $1 })
  }
}
