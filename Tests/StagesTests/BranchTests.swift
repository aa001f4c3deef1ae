import Artifacts
import Foundation
import Inputs
import Synchronization
import Testing

@testable import DataStages
@testable import ModelStages
@testable import TaskStages

/// The states that trainings share: the premises on which `Parameter.onset` and horizons stand, and the use
/// that a stage makes of them.
@Suite(.serialized) struct BranchTests {
  private static let falls: [[String: Value]] = [
    [:],
    ["schedule": .string("wsd"), "decay-from": .int(6), "decay-steps": .int(4)],
    ["schedule": .string("cosine"), "decay-from": .int(6), "decay-steps": .int(9), "decay-to": .float(0.3)],
    ["schedule": .string("wsd"), "decay-from": .int(9), "decay-steps": .int(2)],
  ]

  private static func pretraining(_ more: [String: Value]) -> [String: Value] {
    let base: [String: Value] = [
      "steps": .int(12), "batch": .int(8), "length": .int(24), "warm-up": .int(2), "held-out-batches": .int(1),
    ]
    return base.merging(more) { $1 }
  }

  private static func run(
    _ stage: any Stage.Type, _ parameters: [String: Value], _ inputs: [String: any InputArtifact],
    from saved: [Int: [String: [UInt8]]] = [:]
  ) throws -> MemoryRun {
    let run = MemoryRun()
    run.segments.withLock { $0 = saved }
    try run.run(stage, parameters, inputs)
    return run
  }

  /// Steps that a run told of.
  private static func trained(_ run: MemoryRun) -> [Int] {
    run.reports.withLock { $0 }.compactMap { if case .progress(let done, _, _, _) = $0 { done } else { nil } }
  }

  /// A state does not depend on a fall that has not begun, nor on the horizon: byte for byte. And where a fall begins,
  /// and after the steps that are asked for, the state is kept.
  @Test func `states before a fall are the same`() throws {
    var inputs = try PretrainTests.inputs()
    inputs["space"] = nil
    inputs["architecture"] = MemoryArtifact(.architecture, ["": Array("c8-t8\n".utf8)])
    let asked: [String: Value] = ["checkpoint-steps": .list([.int(3), .int(6), .int(40)])]
    let runs = try Self.falls.map {
      try Self.run(PretrainStage.self, Self.pretraining($0.merging(asked) { $1 }), inputs)
    }
    let states = runs.map { run in run.segments.withLock { $0 } }
    #expect(runs.map { run in run.kept.withLock { $0 } } == [[3, 6], [3, 6], [3, 6], [3, 6, 9]])
    for state in states.dropFirst() {
      #expect(state[3] == states[0][3])
      #expect(state[6] == states[0][6])
    }
    #expect(Set(runs.map(\.digest)).count == runs.count, "the falls make no difference")
    // Every one of them goes on from the others' state at the branch, trains the rest alone, and is the same.
    for (index, fall) in Self.falls.enumerated() {
      let branch = try Self.run(
        PretrainStage.self, Self.pretraining(fall), inputs, from: [6: try #require(states[(index + 1) % 4][6])])
      #expect(Self.trained(branch).first == 7)
      #expect(branch.digest == runs[index].digest)
    }
  }

  private static func tuning(_ more: [String: Value]) throws -> (
    parameters: [String: Value], inputs: [String: any InputArtifact]
  ) {
    let promoters = MemoryRun()
    try promoters.run(SynthesizeStage.self, ["train": .int(80), "dev": .int(20), "test": .int(20)])
    var inputs = try TaskTests.inputs(TaskTests.cases[0])
    inputs["task"] = promoters.output("sequences", .labelledSequences)
    let base: [String: Value] = [
      "batch": .int(16), "epochs": .int(4), "lr": .float(5e-3), "warm-up": .int(2), "hold-out": .float(0.3),
    ]
    return (base.merging(more) { $1 }, inputs)
  }

  private static func chosen(_ run: MemoryRun) throws -> (epoch: Int, epochs: Int) {
    let json = try JSONSerialization.jsonObject(with: Data(run.output("metrics", .metrics).bytes())) as? [String: Any]
    return (json?["chosenEpoch"] as? Int ?? 0, (json?["epochs"] as? [Any])?.count ?? 0)
  }

  /// One more epoch, again and again: each trains its own steps alone, and gives the bytes of a direct run, whichever
  /// epoch is the best one and wherever patience ends the training.
  @Test(arguments: [0, 2]) func `one more epoch trains its own steps alone`(patience: Int) throws {
    let epochs = 6
    var saved: [Int: [String: [UInt8]]] = [:]
    var best: Set<Int> = []
    var steps = 0
    for horizon in 1...epochs {
      let (parameters, inputs) = try Self.tuning(["epochs": .int(horizon), "patience": .int(patience)])
      let direct = try Self.run(FineTuneStage.self, parameters, inputs)
      let extended = try Self.run(FineTuneStage.self, parameters, inputs, from: saved)
      #expect(extended.digest == direct.digest, "\(horizon) epochs")
      if horizon == 1 { steps = Self.trained(direct).count }
      let (epoch, count) = try Self.chosen(direct)
      best.insert(epoch)
      let expected = count < horizon ? [] : Array(((horizon - 1) * steps + 1)...(horizon * steps))
      #expect(Self.trained(extended) == expected)
      #expect(patience == 0 ? count == horizon : count <= epoch + patience)
      saved = extended.segments.withLock { $0 }
    }
    #expect(best.count > 1, "the best epoch never changed: \(best)")
    print("figure: best epochs \(best.sorted()) with patience \(patience)")
  }

  @Test func `a fall in a fine-tune branches off`() throws {
    let (short, inputs) = try Self.tuning(["epochs": .int(2)])
    let trunk = try Self.run(FineTuneStage.self, short, inputs)
    let branch = Self.trained(trunk).count
    #expect(branch > 2)
    let states = trunk.segments.withLock { $0 }
    let fall: [String: Value] = [
      "schedule": .string("wsd"), "decay-from-epoch": .int(2), "decay-epochs": .float(1.5),
    ]
    let (parameters, _) = try Self.tuning(fall)
    let direct = try Self.run(FineTuneStage.self, parameters, inputs)
    #expect(direct.kept.withLock { $0 } == [branch])
    #expect(direct.segments.withLock { $0 }[branch] == states[branch])
    let more = try Self.run(FineTuneStage.self, parameters, inputs, from: [branch: try #require(states[branch])])
    #expect(Self.trained(more).first == branch + 1)
    #expect(more.digest == direct.digest)
    let constant = try Self.run(FineTuneStage.self, try Self.tuning([:]).parameters, inputs)
    #expect(constant.segments.withLock { $0 }[2 * branch] != direct.segments.withLock { $0 }[2 * branch])
  }
}
