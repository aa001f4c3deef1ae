import Artifacts
import DataStages
import Foundation
import Inputs
import Rankings
import Testing

@testable import TaskStages

/// The mean of models that were trained on one task.
@Suite struct EnsembleStageTests {
  /// A baseline for each hold-out, on the same task.
  private func members(_ holdOuts: [Int], strengths: [Double] = [1]) throws -> [StageInput] {
    let promoters = MemoryRun()
    try promoters.run(SynthesizeStage.self, ["train": .int(200), "dev": .int(60), "test": .int(60)])
    let task = promoters.output("sequences", .labelledSequences)
    return try holdOuts.enumerated().flatMap { number, seed -> [StageInput] in
      let run = MemoryRun()
      try run.run(
        BaselineStage.self,
        ["hold-out-seed": .int(seed), "k-max": .int(3 + number), "positions": .int(20 * number)], ["task": task])
      return [("metrics", ArtifactKind.metrics), ("predictions", .predictions)].map { port, kind in
        StageInput(ids: ["member": ["m\(number)"]], artifact: run.output(port, kind))
      }
    }
  }

  private func document(_ run: MemoryRun) throws -> MetricsDocument {
    try JSONArtifact.decode(MetricsDocument.self, run.output("metrics", .metrics).bytes())
  }

  @Test(arguments: ["equal", "dev"]) func `an ensemble is measured as its members are`(_ weights: String) throws {
    let members = try members([0, 0])
    let run = MemoryRun()
    try run.run(EnsembleStage.self, ["weights": .string(weights)], items: ["members": members])
    let document = try document(run)
    #expect(document.model == "ensemble of 2" && document.threshold != nil && document.classes?.count == 2)
    #expect(document.settings?.hasPrefix(weights == "dev" ? "weights by dev: m0 0." : "the mean of m0, m1") == true)
    let written = try PredictionsArtifact(run.output("predictions", .predictions))
    let first = try PredictionsArtifact(try #require(members[1].artifact))
    for split in ["hold-out", "dev", "test"] {
      let mean = try #require(written.splits[split])
      #expect(mean.rows == first.splits[split]?.rows && mean.sequences == first.splits[split]?.sequences)
    }
    #expect(written.splits["dev"]?.predictions.value(of: .mcc) == document.metrics.dev[.mcc]?.value)
    // One member, twice, is that member.
    let alone = MemoryRun()
    let twice =
      members.prefix(2) + members.prefix(2).map { StageInput(ids: ["member": ["again"]], artifact: $0.artifact) }
    try alone.run(EnsembleStage.self, items: ["members": Array(twice)])
    let own = try JSONArtifact.decode(MetricsDocument.self, try #require(members[0].artifact).bytes())
    #expect(try self.document(alone).metrics.test[.auroc]?.value == own.metrics.test[.auroc]?.value)
    #expect(try self.document(alone).metrics.test[.mcc]?.value == own.metrics.test[.mcc]?.value)
  }

  /// Columns in another order would be averaged with those of other classes.
  @Test func `members with classes in another order are refused`() throws {
    let members = try members([0])
    let table = String(decoding: try #require(members[1].artifact).bytes(), as: UTF8.self)
    let turned = table.replacing("score:1", with: "score:0")
    #expect(turned != table)
    let other = [
      StageInput(ids: ["member": ["other"]], artifact: members[0].artifact),
      StageInput(ids: ["member": ["other"]], artifact: MemoryArtifact(.predictions, ["": Array(turned.utf8)])),
    ]
    let failure = #expect(throws: StageFailure.self) {
      try MemoryRun().run(EnsembleStage.self, items: ["members": members + other])
    }
    #expect(failure?.code == "other-classes", "\(failure?.message ?? "")")
  }

  @Test func `members on other rows are refused`() throws {
    let members = try members([0, 1])
    let failure = #expect(throws: StageFailure.self) {
      try MemoryRun().run(EnsembleStage.self, items: ["members": members])
    }
    #expect(failure?.code == "other-rows" && failure?.message.contains("hold-out-seed") == true)
    let half = MemoryRun()
    try half.run(EnsembleStage.self, ["threshold": .string("half")], items: ["members": members])
    let splits = try PredictionsArtifact(half.output("predictions", .predictions)).splits
    #expect(splits.keys.sorted() == ["dev", "test"])
    let warnings = half.warnings
    #expect(warnings.contains { $0.contains("have other hold-outs") }, "\(warnings)")
    let again = members.prefix(2).map { StageInput(ids: ["member": ["m0"]], artifact: $0.artifact) }
    let twice = #expect(throws: StageFailure.self) {
      try MemoryRun().run(EnsembleStage.self, items: ["members": Array(members.prefix(2)) + again])
    }
    #expect(twice?.message.contains("m0 has two") == true)
    let lacking = #expect(throws: StageFailure.self) {
      try MemoryRun().run(EnsembleStage.self, items: ["members": [members[0]]])
    }
    #expect(lacking?.message.contains("both its metrics and its predictions") == true)
  }
}
