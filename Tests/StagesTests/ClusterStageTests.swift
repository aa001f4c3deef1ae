import Artifacts
import DataStages
import Foundation
import Inputs
import Rankings
import Tables
import Testing

@testable import ProbeStages
@testable import TaskStages

/// Clusters of embeddings held against the classes of a task.
@Suite struct ClusterStageTests {
  /// Rows about three corners, `part` of them in each split, with the corner as the class.
  private func inputs(_ options: [String: String] = [:]) -> [String: any InputArtifact] {
    let corners: [[Float]] = [[4, 0, 1], [0, 4, 2], [-4, -4, 0]]
    let rows = (0..<60).map { index in
      (
        letters: TaskTests.sequence(index + 1, 24),
        values: corners[index % 3].enumerated().map { $1 + Float((index * 7 + $0 * 5) % 11) / 20 }
      )
    }
    let labelled = rows.enumerated().map { "\($1.letters),\(["x", "y", "z"][$0 % 3])" }
    return [
      "task": ProbeStageTests.task(
        [Array(labelled[..<20]), Array(labelled[20..<40]), Array(labelled[40...])], options: options),
      "embeddings": ProbeStageTests.embeddings(rows),
    ]
  }

  @Test(arguments: ["ward", "k-means"], ["apart", "all"])
  func `clusters that are the classes agree with them`(_ method: String, _ splits: String) throws {
    let run = MemoryRun()
    try run.run(
      ClusterStage.self, ["method": .string(method), "splits": .string(splits), "seed": .int(3)], inputs(), threads: 2)
    let document = try ProbeStageTests.document(run)
    #expect(document.metrics.primary == .ami)
    for split in [document.metrics.dev, document.metrics.test] {
      for metric in Agreement.measures { #expect(abs((split[metric]?.value ?? 0) - 1) < 1e-9, "\(metric)") }
      #expect(split.rows == 20)
    }
    #expect(document.settings?.contains(splits == "all" ? "AMI 1.000 over all" : "dev: 3 clusters in 3 dim") == true)
    let lines = String(decoding: try run.output("clusters", .clusters).bytes(), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == (splits == "all" ? 61 : 41) && lines[0] == "split\tname\tsequence\tlabel\tcluster")
    let view = try ArtifactView.clusters(run.output("clusters", .clusters))
    #expect(view.tables[0].rows.allSatisfy { $0[2] == $0[4] } && view.tables[0].rows.count == (splits == "all" ? 9 : 6))
  }

  @Test func `a number of clusters and of dimensions can be stated`() throws {
    let run = MemoryRun()
    try run.run(ClusterStage.self, ["clusters": .int(6), "pca": .int(2)], inputs())
    let document = try ProbeStageTests.document(run)
    #expect(document.settings == "ward, dev: 6 clusters in 2 dimensions; test: 6 clusters in 2 dimensions")
    #expect(document.metrics.test[.homogeneity]?.value ?? 0 > 0.99)
    #expect(document.metrics.test[.completeness]?.value ?? 1 < 0.9)
    let whole = MemoryRun()
    try whole.run(ClusterStage.self, ["pca": .int(0)], inputs())
    #expect(try ProbeStageTests.document(whole).metrics.test[.ami]?.value == 1)
  }

  @Test func `clusters that cannot be are refused`() throws {
    for (parameters, options, code) in [
      (["clusters": .int(21)], [:], "too-many-clusters"), ([:], ["labels": "set"], "no-classes"),
    ] as [([String: Value], [String: String], String)] {
      let failure = #expect(throws: StageFailure.self) {
        try MemoryRun().run(ClusterStage.self, parameters, inputs(options))
      }
      #expect(failure?.code == code, "\(failure?.message ?? "")")
    }
  }

  /// The agreement of clusters stands in a ranking as the score of a task.
  @Test func `candidates are ranked by the harmonic mean of a probe and of clusters`() throws {
    let (probe, clusters) = (MemoryRun(), MemoryRun())
    try probe.run(ProbeStage.self, [:], inputs())
    try clusters.run(ClusterStage.self, ["clusters": .int(6)], inputs())
    let named = { (run: MemoryRun, text: String) in
      var document = try ProbeStageTests.document(run)
      document.architecture = text
      return MemoryArtifact(.metrics, ["": try JSONArtifact.encode(document)])
    }
    let worse = MemoryRun()
    try worse.run(ClusterStage.self, ["clusters": .int(1)], inputs())
    var items: [StageInput] = []
    for (candidate, text, second) in [("one", "c8", clusters), ("two", "t8", worse)] {
      items.append(StageInput(ids: ["candidate": [candidate], "task": ["closed"]], artifact: try named(probe, text)))
      items.append(StageInput(ids: ["candidate": [candidate], "task": ["open"]], artifact: try named(second, text)))
    }
    let run = MemoryRun()
    try run.run(RankStage.self, ["aggregate": .string("harmonic-mean")], items: ["scores": items])
    let document = try JSONArtifact.decode(RankingDocument.self, run.output("ranking", .ranking).bytes())
    let (p, a) = try (
      #require(ProbeStageTests.document(probe).metrics.dev[.mcc]?.value),
      #require(ProbeStageTests.document(clusters).metrics.dev[.ami]?.value)
    )
    #expect(document.ranking.rows.map(\.candidate) == [["one"], ["two"]])
    #expect(abs((document.ranking.rows[0].score ?? 0) - 2 * p * a / (p + a)) < 1e-12)
    #expect(document.ranking.rows[1].score == 0)
    let view = try ArtifactView.ranking(run.output("ranking", .ranking), axes: [:])
    #expect(view.lines.contains("two has the score 0, for its result is 0 or less on open"), "\(view.lines)")
  }
}
