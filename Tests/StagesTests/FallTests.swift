import Artifacts
import Foundation
import Inputs
import Synchronization
import Testing

@testable import DataStages
@testable import ModelStages
@testable import TaskStages

/// Falls and warm-ups of the learning rate that a fine-tune states in epochs.
@Suite struct FallTests {
  /// A fine-tune on `rows` rows of train and as many epochs: the rates that it tells of, by step, and its steps.
  private static func rates(rows: Int, epochs: Int, _ more: [String: Value]) throws -> [String] {
    let promoters = MemoryRun()
    try promoters.run(
      SynthesizeStage.self, ["train": .int(rows), "dev": .int(20), "test": .int(20)])
    var inputs = try TaskTests.inputs(TaskTests.cases[0])
    inputs["task"] = promoters.output("sequences", .labelledSequences)
    let run = MemoryRun()
    let own: [String: Value] = ["batch": .int(8), "epochs": .int(epochs), "lr": .float(0.001), "warm-up": .int(0)]
    try run.run(FineTuneStage.self, own.merging(more) { $1 }, inputs)
    #expect(run.warnings.filter { $0.contains("rate") }.isEmpty, "\(run.warnings)")
    return run.reports.withLock { $0 }.compactMap { report in
      guard case .progress(_, _, _, let detail) = report, let place = detail.range(of: "  rate ") else { return nil }
      return detail[place.upperBound...].split(separator: " ").first.map(String.init)
    }
  }

  /// A rate is told in three digits.
  private static func expect(_ told: String, _ rate: Double, _ place: Comment) {
    #expect(Double(told).map { abs($0 - rate) < 0.006 * rate } == true, place)
  }

  /// One and the same stage falls over the last two of its epochs, whether an epoch is 5 steps or some 40.
  @Test(arguments: [40, 360]) func `a fall lies in the last epochs of any task`(rows: Int) throws {
    let straight = try Self.rates(
      rows: rows, epochs: 6,
      ["schedule": .string("wsd"), "decay-from-epoch": .int(4), "decay-epochs": .float(2), "decay-to": .float(0.1)])
    let unit = straight.count / 6
    #expect(straight.count == 6 * unit && unit >= rows / 8 * 3 / 4)
    for (step, rate) in straight.enumerated() {
      let progress = Double(max(0, step - 4 * unit)) / Double(2 * unit)
      Self.expect(rate, 0.001 * (1 - 0.9 * progress), "step \(step) of epochs of \(unit)")
    }
    let cosine = try Self.rates(
      rows: rows, epochs: 3,
      [
        "schedule": .string("cosine"), "decay-epochs": .float(2.5), "decay-to": .float(0.1),
        "warm-up-epochs": .float(0.5), "warm-up": .int(50),
      ])
    let (half, fall) = (Int((0.5 * Double(unit)).rounded()), (2.5 * Double(unit)).rounded())
    for (step, rate) in cosine.enumerated() {
      let factor = 0.1 + 0.9 * (1 + cos(.pi * min(1, Double(step) / fall))) / 2
      let expected = 0.001 * factor * (step < half ? Double(step + 1) / Double(half) : 1)
      Self.expect(rate, expected, "step \(step) of epochs of \(unit)")
    }
  }

  @Test func `a fall that ends before the warm-up is told when its steps are known`() throws {
    let run = MemoryRun()
    try run.run(
      FineTuneStage.self,
      ["epochs": .int(4), "schedule": .string("wsd"), "decay-epochs": .float(1), "batch": .int(8)],
      try TaskTests.inputs(TaskTests.cases[0]))
    #expect(run.warnings.contains { $0.contains("ends before its warm-up does: at step") }, "\(run.warnings)")
    #expect(run.warnings.contains { $0.contains("nothing is learnt after epoch 1 of 4") }, "\(run.warnings)")
  }

  /// An onset and the length of its training are counted in one unit.
  @Test func `onsets have the unit of the length`() {
    for declaration in [PretrainStage.declaration, FineTuneStage.declaration] {
      let onsets = declaration.parameters.compactMap(\.onset).compactMap(declaration.parameter)
      #expect(!onsets.isEmpty && onsets.allSatisfy { $0.unit == declaration.length?.unit })
    }
  }
}
