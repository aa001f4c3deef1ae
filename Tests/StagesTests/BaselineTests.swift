import Artifacts
import Foundation
import Inputs
import Rankings
import Synchronization
@testable import Tables
import Testing

@testable import DataStages
@testable import ModelStages
@testable import Stages
@testable import TaskStages

/// Baselines in a ranking: shown on the candidates' scale, and in no one's way.
@Suite struct BaselineTests {
  /// A metrics artifact with this MCC on dev, of an architecture or of a named model.
  static func metrics(_ mcc: Double, architecture: String? = nil, model: String? = nil) -> MemoryArtifact {
    let name = architecture.map { "\"architecture\": \"\($0)\"" } ?? "\"model\": \"\(model!)\""
    let split = """
      { "rows": 9, "entries": [{ "metric": "mcc", "estimate": { "value": \(mcc), "low": 0, "high": 1 } }] }
      """
    let text = """
      { \(name), "parameters": 7, "rows": { "train": 1, "holdOut": 1, "dev": 1, "test": 1, "droppedFromTrain": 0,
        "devInTrain": 0, "testInTrain": 0, "testInDev": 0, "conflictingLabels": 0 },
        "metrics": { "primary": "mcc", "higherIsBetter": true, "dev": \(split), "test": \(split) } }
      """
    return MemoryArtifact(.metrics, ["": Array(text.utf8)])
  }

  static func items(_ scores: [(candidate: [String], task: String, artifact: MemoryArtifact?)]) -> [StageInput] {
    scores.map {
      StageInput(ids: ["candidate": $0.candidate, "task": [$0.task], "replicate": []], artifact: $0.artifact)
    }
  }

  static let candidates = items([
    (["a"], "x", metrics(0.2, architecture: "c8")), (["a"], "y", metrics(0.7, architecture: "c8")),
    (["b"], "x", metrics(0.4, architecture: "t8")), (["b"], "y", metrics(0.5, architecture: "t8")),
    (["c"], "x", metrics(0.6, architecture: "c16")), (["c"], "y", metrics(0.6, architecture: "c16")),
  ])

  private func rank(_ inputs: [String: [StageInput]]) throws -> MemoryRun {
    let run = MemoryRun()
    try run.run(RankStage.self, items: inputs)
    return run
  }

  private func document(_ run: MemoryRun) throws -> RankingDocument {
    try JSONArtifact.decode(RankingDocument.self, run.output("ranking", .ranking).bytes())
  }

  /// Predictions of 300 rows of dev, of which `errors` are wrong.
  private static func predictions(_ errors: Int) -> MemoryArtifact {
    let rows = (0..<300).map { row in
      let label = row % 2, predicted = row * 7 % 300 < errors ? 1 - label : label
      return "dev\t\(row + 1)\t\(row)\t\(label)\t\(predicted)\t\(predicted == 1 ? 1 : -1).\(row)"
    }
    let header = "split\trow\tsequence\tlabel\tpredicted\tscore:1"
    return MemoryArtifact(.predictions, ["": Array(([header] + rows).joined(separator: "\n").utf8)])
  }

  /// Items with their predictions, each right in all rows but as many.
  private static func measured(_ models: [(name: String, errors: Int)], model: String? = nil) -> [StageInput] {
    models.flatMap { name, errors in
      let architecture = model == nil ? "c8" : nil
      let mcc = 1 - 2 * Double(errors) / 300
      return items([
        ([name], "x", metrics(mcc, architecture: architecture, model: model)), ([name], "x", predictions(errors)),
      ])
    }
  }

  @Test func `predictions tell candidates apart, and baselines`() throws {
    let run = try rank([
      "scores": Self.measured([("a", 30), ("b", 33), ("c", 90)]),
      "baselines": Self.measured([("k", 29)], model: "k-mers"),
    ])
    let ranking = try document(run)
    #expect(ranking.ranking.rows.map(\.isTied) == [true, true, false])
    let behind = try #require(ranking.ranking.rows[2].behind)
    #expect(behind.low! > 0 && behind.low! < behind.value! && behind.value! < behind.high!)
    #expect(ranking.baselines?.first?.isTied == true && ranking.baselines!.first!.behind!.value! < 0)
    let view = try ArtifactView(run.output("ranking", .ranking))
    #expect(view.tables[0].rows.map { $0[0] } == ["1", "2=", "3", "-"])
    #expect(
      view.lines.contains(
        "the baseline 'k-mers k' is ahead of every candidate; the data do not tell it apart from the first"))
    let blind = try ArtifactView(try rank(["scores": Self.candidates]).output("ranking", .ranking))
    #expect(blind.lines.contains { $0.hasPrefix("not known is whether the data tell") })
  }

  @Test func `a ranking is the same on any number of threads, and can be interrupted`() throws {
    let inputs = [
      "scores": Self.measured((0..<11).map { ("c\($0)", 30 + 3 * $0) }),
      "baselines": Self.measured([("k", 29)], model: "k-mers"),
    ]
    let (one, several) = (MemoryRun(), MemoryRun())
    try one.run(RankStage.self, items: inputs)
    try several.run(RankStage.self, items: inputs, threads: 3)
    #expect(one.digest == several.digest)
    let told = one.reports.withLock { $0 }
    #expect(told.contains(.progress(done: 8, total: 11, unit: "scores", detail: "resamples of rows")), "\(told)")
    for polls in [0, 100] {
      let run = MemoryRun(interruptAfter: polls)
      #expect(throws: Interrupted.self) { try run.run(RankStage.self, items: inputs) }
      #expect(run.files.withLock { $0.isEmpty })
    }
  }

  @Test func `scores that are bound twice, or lack the metric, are refused`() throws {
    let twice = #expect(throws: StageFailure.self) {
      try rank(["scores": Self.candidates + [Self.candidates[0]]])
    }
    #expect(twice?.message.contains("a,x has two metrics") == true, "\(twice?.message ?? "")")
    let run = MemoryRun()
    let lacking = #expect(throws: StageFailure.self) {
      try run.run(RankStage.self, ["metric": .string("auroc")], items: ["scores": Self.candidates])
    }
    #expect(lacking?.message.contains("has no auroc") == true, "\(lacking?.message ?? "")")
    var broken = Self.measured([("a", 30)])
    broken[1] = StageInput(
      ids: broken[1].ids, artifact: MemoryArtifact(.predictions, ["": Array("split\trow\tsequence\tlabel\n".utf8)]))
    let bad = #expect(throws: StageFailure.self) { try rank(["scores": broken]) }
    #expect(bad?.code == "bad-predictions")
  }

  @Test func `a ranking without baselines says nothing of them`() throws {
    let run = try rank(["scores": Self.candidates])
    let text = String(decoding: try run.output("ranking", .ranking).bytes(), as: UTF8.self)
    #expect(!text.contains("baseline"))
    #expect(try document(run).baselines == nil)
  }

  @Test func `baselines change no score and are never best`() throws {
    let alone = try rank(["scores": Self.candidates])
    let both = try rank([
      "scores": Self.candidates,
      "baselines": Self.items([
        ([], "x", Self.metrics(0.9, model: "k-mers")), ([], "y", Self.metrics(0.9, model: "k-mers")),
      ]),
    ])
    #expect(try document(both).ranking == document(alone).ranking)
    #expect(try both.output("best", .architecture).bytes() == alone.output("best", .architecture).bytes())
    let baseline = try #require(document(both).baselines?.first)
    // The mean over tasks of (P - mu) / sigma with mu 0.4 and 0.6, sigma of three values 0.2 and 0.1 apart.
    let (x, y) = (0.2 * (2.0 / 3).squareRoot(), 0.1 * (2.0 / 3).squareRoot())
    #expect(abs(try #require(baseline.score) - ((0.9 - 0.4) / x + (0.9 - 0.6) / y) / 2) < 1e-9)
    let view = try ArtifactView(both.output("ranking", .ranking))
    #expect(view.tables[0].rows.map { $0[0] } == ["1", "2", "3", "-"])
    #expect(view.tables[0].rows[3][1] == "k-mers")
    #expect(view.lines.contains("the baseline 'k-mers' is ahead of every candidate"))
    for row in view.tables[0].rows { #expect(row.count == view.tables[0].columns.count) }
  }

  /// A candidate alone has no spread to measure in: the metric itself is the unit.
  @Test func `one candidate is compared with baselines in the metric`() throws {
    let one = Self.measured([("a", 30)])
    for (errors, isTied, behind) in [(120, false, 0.6), (33, true, 0.02), (10, false, -0.13)] {
      let run = try rank(["scores": one, "baselines": Self.measured([("b", errors)], model: "k-mers")])
      let baseline = try #require(document(run).baselines?.first)
      let own = try #require(document(run).ranking.rows[0].results[0].estimate.value)
      #expect(baseline.score == baseline.dev[0].value! - own)
      #expect(baseline.isTied == isTied, "\(errors) rows are wrong")
      #expect(abs(baseline.behind!.value! - behind) < 0.01)
      let lines = try ArtifactView(run.output("ranking", .ranking)).lines
      #expect(lines[0].hasSuffix("its score is 0, that of a baseline its mean difference to it on dev"))
      #expect(lines.contains { $0.contains("is ahead of every candidate") } == (errors < 30), "\(lines)")
    }
  }

  @Test func `a failed baseline is shown without a score`() throws {
    let run = try rank([
      "scores": Self.candidates,
      "baselines": Self.items([([], "x", Self.metrics(0.9, model: "k-mers")), ([], "y", nil)]),
    ])
    let baseline = try #require(document(run).baselines?.first)
    #expect(baseline.score == nil && baseline.failures == ["no score on task y"])
    #expect(baseline.dev.map(\.value) == [0.9, nil])
    #expect(try ArtifactView(run.output("ranking", .ranking)).tables[0].rows[3][3] == "no score on task y")
  }

  @Test func `a model that is no architecture is no candidate`() throws {
    let failure = try #require(throws: StageFailure.self) {
      try rank(["scores": Self.candidates + Self.items([(["d"], "x", Self.metrics(0.9, model: "k-mers"))])])
    }
    #expect(failure.code == "no-architecture")
    #expect(failure.message.contains("'baselines'"))
  }

  @Test func `the metrics of a baseline are shown`() throws {
    let view = try ArtifactView(Self.metrics(0.9, model: "k-mers"))
    #expect(view.lines.first == "k-mers, 7 parameters")
  }

  /// The view says so where all is one class; classes have their names, or numbers in older documents.
  @Test func `metrics of a single class are explained`() throws {
    func view(_ confusion: String, classes: String) throws -> ArtifactView {
      let split = """
        { "rows": 9, "entries": [{ "metric": "mcc", "estimate": { "value": 0, "low": 0, "high": 0 } }],
          "confusion": \(confusion) }
        """
      let text = """
        { "architecture": "c8", "parameters": 7, \(classes) "rows": { "train": 1, "holdOut": 1, "dev": 1, "test": 1,
          "droppedFromTrain": 0, "devInTrain": 0, "testInTrain": 0, "testInDev": 0, "conflictingLabels": 0 },
          "metrics": { "primary": "mcc", "higherIsBetter": true, "dev": \(split), "test": \(split) } }
        """
      return try ArtifactView(MemoryArtifact(.metrics, ["": Array(text.utf8)]))
    }
    let names = "\"classes\": [\"in\", \"out\"],"
    let predicted = try view("[[0, 4], [0, 5]]", classes: names)
    #expect(predicted.lines.contains { $0.hasPrefix("dev: every row is predicted to be out; the MCC is then 0") })
    #expect(predicted.tables[1].columns == ["dev: class", "predicted in", "predicted out"])
    #expect(predicted.tables[1].rows == [["in", "0", "4"], ["out", "0", "5"]])
    #expect(try view("[[0, 4], [0, 0]]", classes: names).lines.contains { $0.contains("every row is of the class in") })
    let older = try view("[[4, 0], [1, 4]]", classes: "")
    #expect(older.lines.count == 2 && older.tables[2].rows[1] == ["1", "1", "4"])
  }

  /// A ranking's columns are named for the axes, and two candidates' scores are explained.
  @Test func `the view of a ranking names its axes`() throws {
    let run = try rank(["scores": Array(Self.candidates.prefix(4))])
    let axes = ["candidate": ["architecture"], "task": ["task"], "replicate": []]
    let view = try ArtifactView(run.output("ranking", .ranking), axes: axes)
    #expect(view.lines[0] == "candidate: architecture; task: task")
    #expect(view.lines[1].hasPrefix("score: of two candidates the better has +1 and the other -1"))
    #expect(view.tables[0].columns.prefix(4) == ["rank", "architecture", "parameters", "score"])
    #expect(view.tables[0].groups == [1, 2, 4, 7] && view.tables[0].keys == 1)
    #expect(view.tables[0].rows.map { $0[3] } == ["0.000", "0.000"], "each is ahead on one of two tasks")
    let one = try rank(["scores": Array(Self.candidates.prefix(2))])
    let alone = try ArtifactView(one.output("ranking", .ranking))
    #expect(alone.lines == ["one candidate has nothing to be compared with: its score is 0"])
    #expect(alone.tables[0].columns[1] == "candidate")
  }
}
