import Artifacts
import Foundation
import Inputs
import Stages
import Synchronization
import Testing

@testable import DataStages
@testable import ModelStages
@testable import TaskStages

/// Linear probes as steps of a pipeline.
@Suite struct ProbeTests {
  private static func run(
    _ parameters: [String: Value], _ inputs: [String: any InputArtifact], threads: Int = 1
  ) throws -> MemoryRun {
    let run = MemoryRun()
    try run.run(FineTuneStage.self, parameters.merging(["linear-probe": .bool(true)]) { $1 }, inputs, threads: threads)
    return run
  }

  private static func document(_ run: MemoryRun) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(run.output("metrics", .metrics).bytes())) as? [String: Any])
  }

  private static func value(_ document: [String: Any], _ split: String, _ metric: String) throws -> Double {
    let metrics = try #require(document["metrics"] as? [String: Any])
    let entries = (metrics[split] as? [String: Any])?["entries"] as? [[String: Any]] ?? []
    let entry = try #require(entries.first { $0["metric"] as? String == metric })
    return try #require((entry["estimate"] as? [String: Any])?["value"] as? Double)
  }

  @Test(arguments: TaskTests.cases) func `a probe of any kind of label depends on nothing but its features`(
    _ test: TaskTests.Case
  ) throws {
    let inputs = try TaskTests.inputs(test)
    let first = try Self.run(test.parameters, inputs)
    let document = try Self.document(first)
    #expect((document["settings"] as? String)?.hasPrefix("linear probe, C ") == true)
    #expect(document["epochs"] == nil && document["chosenEpoch"] == nil)
    let words = try ArtifactView(first.output("metrics", .metrics)).lines
    #expect(words[0].contains("linear probe, C") && words[0].contains("the best of 5 on the hold-out"), "\(words)")
    let fits = first.reports.withLock { $0 }.compactMap { if case .metric(_, let step, _) = $0 { step } else { nil } }
    #expect(fits == [1, 2, 3, 4, 5])
    for (more, threads) in [
      ([:], 1), ([:], 3), (["dropout": .float(0.9), "epochs": .int(1), "lr": .float(1)], 2),
      (["batch": .int(1), "schedule": .string("cosine"), "decay-epochs": .float(1)], 1),
    ] as [([String: Value], Int)] {
      #expect(try Self.run(test.parameters.merging(more) { $1 }, inputs, threads: threads).digest == first.digest)
    }
    #expect(try Self.run(test.parameters.merging(["seed": .int(9)]) { $1 }, inputs).digest != first.digest)
  }

  /// Two TATA boxes in rows of class 1, and a trunk that was never trained. A head that AdamW trained for 20
  /// epochs with dropout, on features that were not standardised, had .311, .500 and .363.
  @Test(arguments: [(1, 0.311), (2, 0.5), (3, 0.363)]) func `a probe is better than a trained head`(
    seed: Int, before: Double
  ) throws {
    let rows = (0..<480).map { number -> String in
      var letters = Array(TaskTests.sequence(number, 50))
      let label = number / 4 % 2
      if label == 1 { for at in [5, 25] { letters.replaceSubrange(at..<at + 6, with: "TATAAA") } }
      return "\(String(letters)),\(label),\(number % 4 == 0 ? "test" : number % 4 == 1 ? "dev" : "train")\n"
    }
    var inputs = try TaskTests.inputs(TaskTests.cases[0])
    inputs["architecture"] = MemoryArtifact(.architecture, ["": Array("c16-t16\n".utf8)])
    inputs["task"] = MemoryArtifact(
      .labelledSequences, ["": Array(("sequence,label,set\n" + rows.joined()).utf8)], format: "csv",
      options: ["split": "set"])
    let mcc = try Self.value(Self.document(Self.run(["seed": .int(seed)], inputs)), "test", "mcc")
    print("figure: MCC of a probe, seed \(seed): \(mcc), before \(before)")
    #expect(mcc > before + 0.1)
  }

  @Test func `a probe can be interrupted and begins anew`() throws {
    let inputs = try TaskTests.inputs(TaskTests.cases[0])
    for limit in [0, 1, 5] {
      let run = MemoryRun(interruptAfter: limit)
      #expect(throws: Interrupted.self) {
        try run.run(FineTuneStage.self, ["linear-probe": .bool(true)], inputs)
      }
      #expect(run.files.withLock { $0 }.isEmpty && run.segments.withLock { $0 }.isEmpty)
    }
  }
}
