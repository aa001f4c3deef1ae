import Artifacts
import Inputs
import Testing

@testable import DesignStages

/// Designs under a likelihood: starts, letters that count, and what a design does not read.
@Suite struct DesignStageTests {
  private static func design(
    _ parameters: [String: Value], starts: String? = nil, model: [String: any InputArtifact]
  ) throws -> (run: MemoryRun, document: DesignDocument) {
    var inputs = model
    if let starts { inputs["sequences"] = MemoryArtifact(.sequences, ["": Array(starts.utf8)], format: "fasta") }
    let run = MemoryRun()
    try run.run(DesignStage.self, ["rounds": .int(3), "offspring": .int(6)].merging(parameters) { $1 }, inputs)
    return (run, try JSONArtifact.decode(DesignDocument.self, run.output("course", .design).bytes()))
  }

  /// A likelihood is of known letters alone: no model has learned others.
  @Test func `letters that are not known have no likelihood`() throws {
    let model = try GenerateStageTests.model("c8-m8")
    // A convolution and a state see the letters before; the last letter is seen by none.
    let known = try Self.design([:], starts: ">a\nACGTTGCAACGGTACG\n", model: model).document.rounds[0]
    let unknown = try Self.design([:], starts: ">a\nACGTTGCAACGGTACGN\n", model: model).document.rounds[0]
    #expect(abs(known.mean - unknown.mean) < 1e-6 && known.mean < 0)
  }

  @Test func `parameters that nothing reads are named`() throws {
    let stated: [String: Value] = [
      "random-length": .int(50), "max-copied": .int(8), "class": .string("1"), "random": .int(0),
    ]
    let findings = { (bound: Set<String>) in
      DesignStage.declaration.rules.flatMap { $0.findings(StageSettings(values: stated, bound: bound)) }
        .filter(\.isWarning).map(\.message)
    }
    let none = findings(["sequences", "weights", "tokenizer", "architecture"])
    #expect(none.count == 3, "\(none)")
    for name in ["random-length", "max-copied", "class"] {
      #expect(none.contains { $0.hasPrefix("'\(name)' is not read") }, "\(none)")
    }
    #expect(findings(["sequences", "model", "training"]).count == 1)
  }
}
