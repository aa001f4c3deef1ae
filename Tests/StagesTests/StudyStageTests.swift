import Artifacts
import Inputs
import Stages
@testable import Tables
import TestSupport
import Testing

@testable import DataStages
@testable import Figures
@testable import SearchStages
@testable import StudyStages
@testable import TaskStages

/// Stages on the results of many: their artifacts, notes and refusals.
@Suite struct StudyStageTests {
  /// Twenty-four paths, of which those that end in attention are better on both tasks.
  private static let paths = ["c", "t", "h"].flatMap { a in
    ["8", "16"].flatMap { width in ["c", "t"].flatMap { b in ["16", "32"].map { "\(a)\(width)-\(b)\($0)" } } }
  }

  static func scores(of paths: [String] = paths, seeds: [String] = ["1"]) -> [StageInput] {
    var random = RandomNumbers(seed: 1)
    return paths.flatMap { path in
      ["x", "y"].flatMap { task in
        seeds.map { seed in
          let mcc = (path.contains("-t") ? 0.6 : 0.3) + 0.05 * random.normal()
          return StageInput(
            ids: ["candidate": path.split(separator: "-").map(String.init), "task": [task], "replicate": [seed]],
            artifact: BaselineTests.metrics(mcc, architecture: path))
        }
      }
    }
  }

  private static func run(
    _ stage: any Stage.Type, _ parameters: [String: Value] = [:], on items: [String: [StageInput]], threads: Int = 1
  ) throws -> MemoryRun {
    let run = MemoryRun()
    try run.run(stage, parameters, items: items, threads: threads)
    return run
  }

  static func ranking(_ scores: [StageInput]) throws -> [String: [StageInput]] {
    let ranking = try run(RankStage.self, on: ["scores": scores])
    return ["ranking": [StageInput(ids: [:], artifact: ranking.output("ranking", .ranking))]]
  }

  /// All of these stages, small.
  static func chain(threads: Int) throws -> [String: MemoryRun] {
    let ranking = try ranking(scores())
    let several = scores(of: ["c8-c16", "c8-t16", "t8-c16", "t8-t16"], seeds: ["1", "2", "3"])
    var runs: [String: MemoryRun] = [:]
    for stage in [
      SimilarityStage.self, PatternsStage.self, SelectStage.self, VaryStage.self, PredictScoresStage.self,
    ] as [any Stage.Type] {
      runs[stage.declaration.name] = try run(stage, on: ranking, threads: threads)
    }
    for stage in [CompareStage.self, EffectsStage.self] as [any Stage.Type] {
      runs[stage.declaration.name] = try run(stage, on: ["scores": several], threads: threads)
    }
    runs["fit-scaling"] = try run(
      FitScalingStage.self, on: ["trainings": FitScalingTests.trainings(["one": 0.3])], threads: threads)
    return runs
  }

  private func view(_ run: MemoryRun, _ port: String, _ kind: ArtifactKind) throws -> ArtifactView {
    try ArtifactView(run.output(port, kind), axes: ["candidate": ["first", "last"], "task": ["task"]])
  }

  @Test func `candidates are compared in pairs, with letters and pictures`() throws {
    let scores = Self.scores(of: ["c8-c16", "c8-t16", "t8-t16"], seeds: ["1", "2", "3"])
    let run = try Self.run(CompareStage.self, ["by": .string("seeds")], on: ["scores": scores])
    let view = try view(run, "comparison", .comparison)
    #expect(view.tables[0].rows.count == 3 && view.tables[1].rows.count == 3)
    #expect(view.tables[0].rows[2][0] == "c8,c16" && view.tables[0].rows[2][1].hasPrefix("0."))
    #expect(view.lines.contains { $0.contains("signs of the differences") })
    #expect(view.lines.contains { $0.contains("3 seeds tell little") })
    #expect(view.lines.contains { $0.contains("2 tasks are too few for tests over tasks") })
    #expect(view.pictures.map(\.name) == ["means", "ranks"])
    for picture in view.pictures { #expect(picture.svg().hasPrefix("<svg") && picture.svg().contains("c8,t16")) }
    // Without predictions rows tell nothing, which is said.
    let blind = try self.view(Self.run(CompareStage.self, on: ["scores": scores]), "comparison", .comparison)
    #expect(blind.lines.contains { $0.contains("have no predictions on the same rows") })
  }

  @Test func `what cannot be compared is refused with the reason`() throws {
    let one = Self.scores(of: ["c8-c16"])
    let failure = #expect(throws: StageFailure.self) { try Self.run(CompareStage.self, on: ["scores": one]) }
    #expect(failure?.code == "nothing-to-compare" && failure?.message.hasPrefix("only one candidate") == true)
    let effects = #expect(throws: StageFailure.self) {
      try Self.run(EffectsStage.self, on: ["scores": one.filter { $0.ids["task"] == ["x"] }])
    }
    #expect(effects?.message.contains("name axes in 'over'") == true)
    let few = #expect(throws: StageFailure.self) {
      try Self.run(SimilarityStage.self, on: Self.ranking(Self.scores(of: ["c8-c16", "c8-t16"])))
    }
    #expect(few?.message == "2 candidates with a result on every task: similarity needs 8")
    let task = #expect(throws: StageFailure.self) {
      try Self.run(PatternsStage.self, ["task": .string("z")], on: Self.ranking(Self.scores()))
    }
    #expect(task?.message == "the ranking has no task 'z'; it has x, y")
    let tied = #expect(throws: StageFailure.self) {
      try Self.run(SelectStage.self, ["tied": .bool(true)], on: Self.ranking(Self.scores()))
    }
    #expect(tied?.code == "not-known-to-be-tied")
  }

  @Test func `effects name their axes, and what is planted is found`() throws {
    let run = try Self.run(
      EffectsStage.self,
      on: ["scores": Self.scores(of: ["c8-c16", "c8-t16", "t8-c16", "t8-t16"], seeds: ["1", "2", "3"])])
    let view = try view(run, "effects", .effects)
    #expect(view.tables[0].rows.map { $0[0] }.prefix(3) == ["first", "last", "first x last"])
    let last = try #require(view.tables[0].rows.first { $0[0] == "last" })
    #expect(last[4] == "< 0.001")
    // The better value stands first, in a group of its own.
    let levels = view.tables[1].rows.filter { $0[0] == "last" }
    #expect(levels.map { $0[1] } == ["t16", "c16"] && levels.map { $0[4] } == ["a", "b"])
    #expect(view.pictures.map(\.name).prefix(2) == ["effects", "interaction-first-last"])
  }

  @Test func `the first of a ranking are taken, and varied within its space`() throws {
    let ranking = try Self.ranking(Self.scores())
    let names = { (run: MemoryRun) in run.output("architectures", .architectures).names }
    let taken = try Self.run(SelectStage.self, ["share": .float(0.25)], on: ranking)
    #expect(names(taken).count == 6 && names(taken).allSatisfy { $0.contains("-t") })
    #expect(try names(Self.run(SelectStage.self, ["count": .int(2)], on: ranking)).count == 2)
    let varied = try Self.run(
      VaryStage.self, ["count": .int(5), "operations": .list([.string("mutate")])], on: ranking)
    let children = names(varied)
    #expect(children.count == 5 && Set(children).isDisjoint(with: Self.paths))
    let lineage = try view(varied, "lineage", .lineage)
    #expect(lineage.tables[0].rows.count == 5 && lineage.tables[0].rows.allSatisfy { $0[1] == "mutate" })
    let kept = try Self.run(
      VaryStage.self, ["count": .int(5), "parents": .int(3), "keep-parents": .bool(true)], on: ranking)
    #expect(names(kept).count == 8)
  }
}
