import Artifacts
import Foundation
import Inputs
import Stages
@testable import Tables
import TestSupport
import Testing

@testable import DataStages
@testable import Figures
@testable import ModelStages
@testable import StudyStages

@Suite struct FitScalingTests {
  /// Histories of five sizes at each of three budgets, by family, whose data exponent is given.
  static func trainings(_ families: KeyValuePairs<String, Double>) -> [StageInput] {
    var random = RandomNumbers(seed: 5)
    return families.flatMap { name, beta in
      (0..<3).flatMap { budget in
        (0..<5).map { size in
          let operations = 1e12 * pow(4, Double(budget))
          let parameters = (2e5 * pow(2, Double(budget)) * pow(3, Double(size - 2) / 2)).rounded()
          let tokens = (operations / 6 / parameters).rounded()
          let loss = (1.2 + 20 * pow(parameters, -0.4) + 30 * pow(tokens, -beta)) * (1 + 0.0005 * random.normal())
          return StageInput(
            ids: ["family": [name], "candidate": ["s\(size)", "b\(budget)"], "replicate": ["1"]],
            artifact: history(parameters: Int(parameters), tokens: Int(tokens), operations, loss))
        }
      }
    }
  }

  private static func history(
    parameters: Int?, tokens: Int, _ operations: Double, _ loss: Double, objective: String = ""
  ) -> MemoryArtifact {
    let size = parameters.map { "\"parameters\":\($0)," } ?? ""
    let text = """
      {"heldOut":[{"architecture":"t64",\(size)"loss":\(loss),"accuracy":0.5,"tokens":100}],
      \(objective)"operations":\(operations),"pending":[],"points":[],"trained":\(tokens)}
      """
    return MemoryArtifact(.history, ["": Array(text.utf8)])
  }

  private func fit(_ trainings: [StageInput]) throws -> (run: MemoryRun, view: ArtifactView) {
    let run = MemoryRun()
    try run.run(FitScalingStage.self, [:], items: ["trainings": trainings], threads: 1)
    return (run, try ArtifactView(run.output("scaling", .scaling)))
  }

  @Test func `families have laws, budgets, differences and pictures`() throws {
    let view = try fit(Self.trainings(["slow": 0.25, "fast": 0.5])).view
    #expect(view.tables.map(\.rows.count) == [2, 6, 7])
    #expect(view.tables[0].rows[0][0] == "slow" && view.tables[0].rows[0][1] == "15")
    #expect(view.lines.contains { $0.hasPrefix("loss: told apart at 5 % (Holm): slow and fast") }, "\(view.lines)")
    #expect(view.pictures.map(\.name) == ["isoflop-slow", "isoflop-fast", "compute"])
    for picture in view.pictures { #expect(picture.svg().contains("<svg")) }
    #expect(view.pictures[2].svg().contains("fast"))
  }

  @Test func `what cannot be read is left out and named`() throws {
    var trainings = Self.trainings(["one": 0.3])
    trainings.append(StageInput(ids: ["family": ["one"], "candidate": ["s9", "b9"]], artifact: nil))
    trainings.append(
      StageInput(
        ids: ["family": ["one"], "candidate": ["s8", "b8"]],
        artifact: Self.history(parameters: nil, tokens: 10, 1e12, 2)))
    let (run, view) = try fit(trainings)
    let text = "one,s9,b9 (its step failed); one,s8,b8 (its history is of a stage version before 7)"
    #expect(view.lines.contains { $0 == "left out: \(text)" }, "\(view.lines)")
    #expect(run.warnings.contains { $0.contains("2 trainings left out") })
    let failure = #expect(throws: StageFailure.self) { try fit(Array(trainings.suffix(3))) }
    #expect(failure?.code == "few-trainings")
  }

  /// A masked token's loss is no next token's.
  @Test func `losses of several objectives make no curve`() throws {
    let masked = StageInput(
      ids: ["family": ["masked"], "candidate": ["s0", "b0"]],
      artifact: Self.history(parameters: 1000, tokens: 1000, 1e12, 1.2, objective: "\"objective\":\"ntp\","))
    let failure = #expect(throws: StageFailure.self) { try fit(Self.trainings(["one": 0.3]) + [masked]) }
    #expect(failure?.code == "mixed-losses")
    let message = try #require(failure?.message)
    #expect(message.contains("ntp, nats per token of masked,s0,b0"), "\(message)")
  }

  /// Budgets are parted by gaps: a chain of near ones is one, and each of its trainings is in the picture.
  @Test func `a picture has all trainings of a budget`() throws {
    let chain = (0..<6).map { place in
      let operations = 1e12 * pow(1.2, Double(place))
      return StageInput(
        ids: ["family": ["one"], "candidate": ["s\(place)", "b"]],
        artifact: Self.history(parameters: 1000 << place, tokens: 1_000_000, operations, 2 + pow(Double(place) - 2, 2)))
    }
    let view = try fit(chain).view
    let plot = try #require(view.pictures[0] as? Plot)
    #expect(view.tables[1].rows[0][1] == "1.58e12", "\(view.tables[1].rows)")
    #expect(view.tables[1].rows.count == 1 && plot.lines.map(\.points.count) == [6, 41])
  }

  @Test func `what the trainings do not determine is said`() throws {
    let ids = { (input: StageInput) in input.ids["candidate"] ?? [] }
    let single = Self.trainings(["one": 0.3]).filter { ids($0)[1] == "b0" }
    let view = try fit(single).view
    #expect(view.lines.contains { $0.contains("a and b are not determined") }, "\(view.lines)")
    let few = try fit(single.filter { ids($0)[0] < "s2" } + Self.trainings(["two": 0.3]))
    #expect(few.view.lines.contains { $0.hasPrefix("one:") && $0.contains("fewer than three") })
    #expect(few.view.lines.contains { $0.contains("no budget has three sizes of every family") })
  }
}
