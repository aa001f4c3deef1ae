import Artifacts
import Inputs
import Rankings
import Testing

@testable import DataStages
@testable import TaskStages

/// A fine-tune that is done again on all of train, with what another chose.
@Suite struct RefitTests {
  private static let settings: [String: Value] = [
    "epochs": .int(15), "lr": .float(0.01), "schedule": .string("wsd"), "decay-from-epoch": .int(10),
    "decay-epochs": .float(5), "batch": .int(16), "warm-up": .int(0), "pooling": .string("max"),
    "dropout": .float(0), "choose-by": .string("loss"),
  ]

  private let task: MemoryArtifact
  private let tokenizer: MemoryArtifact

  init() throws {
    let (promoters, tokens) = (MemoryRun(), MemoryRun())
    try promoters.run(SynthesizeStage.self, ["train": .int(600), "dev": .int(60), "test": .int(60)])
    task = promoters.output("sequences", .labelledSequences)
    try tokens.run(TokenizeStage.self, ["k": .int(1)], ["sequences": task])
    tokenizer = tokens.output("tokenizer", .tokenizer)
  }

  private func tuned(
    _ more: [String: Value] = [:], architecture: String = "c16(kernel=9)", refit: MemoryArtifact? = nil,
    task: MemoryArtifact? = nil
  ) throws -> MemoryRun {
    let run = MemoryRun()
    var inputs = [
      "tokenizer": tokenizer, "task": task ?? self.task,
      "architecture": MemoryArtifact(.architecture, ["": Array("\(architecture)\n".utf8)]),
    ]
    inputs["refit"] = refit
    let settings = Self.settings.filter { more["schedule"] == nil || !$0.key.hasPrefix("decay") }
    try run.run(FineTuneStage.self, settings.merging(more) { $1 }, inputs)
    return run
  }

  private func document(_ run: MemoryRun) throws -> MetricsDocument {
    try JSONArtifact.decode(MetricsDocument.self, run.output("metrics", .metrics).bytes())
  }

  @Test func `a refit trains on the hold-out too and takes epochs and threshold over`() throws {
    let first = try tuned()
    let again = try tuned(refit: first.output("metrics", .metrics))
    let (chosen, refitted) = try (document(first), document(again))
    let epochs = try #require(chosen.chosenEpoch)
    #expect(refitted.rows.train == chosen.rows.train + chosen.rows.holdOut && refitted.rows.holdOut == 0)
    #expect(refitted.threshold == chosen.threshold && refitted.chosenEpoch == nil && refitted.epochs == nil)
    #expect(refitted.settings == "trained on all of train for the \(epochs) epochs that were chosen before")
    #expect(refitted.metrics.dev[.auroc]!.value! > 0.8)
    let predictions = try PredictionsArtifact(again.output("predictions", .predictions))
    #expect(predictions.splits.keys.sorted() == ["dev", "test"])
    // The mean of refits has no hold-out either: its threshold is the mean of theirs.
    let members = [again, again].enumerated().flatMap { number, run in
      [("metrics", ArtifactKind.metrics), ("predictions", .predictions)].map { port, kind in
        StageInput(ids: ["member": ["m\(number)"]], artifact: run.output(port, kind))
      }
    }
    let together = MemoryRun()
    try together.run(EnsembleStage.self, items: ["members": members])
    #expect(try document(together).threshold == chosen.threshold)
    #expect(try document(together).metrics.test[.mcc]?.value == refitted.metrics.test[.mcc]?.value)
  }

  @Test func `metrics of another training are refused`() throws {
    let first = try tuned()
    let metrics = first.output("metrics", .metrics)
    let linear = MemoryRun()
    try linear.run(BaselineStage.self, [:], ["task": task])
    let other = MemoryRun()
    try other.run(SynthesizeStage.self, ["train": .int(600), "dev": .int(60), "test": .int(60), "seed": .int(7)])
    let others = other.output("sequences", .labelledSequences)
    let cases: [(String, () throws -> MemoryRun)] = [
      ("other settings", { try tuned(refit: metrics, task: others) }),
      ("other settings", { try tuned(["lr": .float(0.02)], refit: metrics) }),
      ("other settings", { try tuned(["pooling": .string("mean")], refit: metrics) }),
      ("of c16, this training is of c8", { try tuned(architecture: "c8", refit: metrics) }),
      ("other settings", { try tuned(["rows": .int(100)], refit: metrics) }),
      (
        "'epochs' is 1",
        {
          // The first of fifteen epochs is not the best, so that one is not enough.
          let document = try document(first)
          #expect(try #require(document.chosenEpoch) > 1)
          return try tuned(["epochs": .int(1)], refit: metrics)
        }
      ),
      ("chose no epoch", { try tuned(refit: linear.output("metrics", .metrics)) }),
      ("there are no epochs to refit", { try tuned(["linear-probe": .bool(true)], refit: metrics) }),
    ]
    for (message, run) in cases {
      let failure = #expect(throws: StageFailure.self) { _ = try run() }
      #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "") for \(message)")
    }
  }
}
