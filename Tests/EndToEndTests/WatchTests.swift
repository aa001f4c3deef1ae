import Foundation
import TestSupport
import Testing

/// `bioarc status --watch` on the built program: a run seen from elsewhere.
@Suite struct WatchTests {
  private static let pipeline = """
    bioarc: 1
    name: small
    stages:
      promoters: { stage: synthesize, with: { train: 600, dev: 100, test: 100 } }
      tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $promoters } }
      scores:
        stage: fine-tune
        for: { seed: [1, 2, 3, 4] }
        with: { epochs: 30, seed: $seed }
        in: { tokenizer: $tokens.tokenizer, architecture: c16-c16, task: $promoters }

    """

  @Test func `a run is watched from elsewhere until it ends`() throws {
    let lab = try Lab(Self.pipeline)
    let run = lab.workspace.process(["run", "pipelines/small.yaml", "--json"])
    run.standardOutput = FileHandle.nullDevice
    run.standardError = FileHandle.nullDevice
    try run.run()
    let runs = lab.workspace.path("cache/runs")
    #expect(Waiting.until { (try? FileManager.default.contentsOfDirectory(atPath: runs).isEmpty) == false })
    let watched = try lab.bioarc("status", "--watch")
    #expect(watched.status == 0, "\(watched.errors)")
    #expect(!run.isRunning || Waiting.until { !run.isRunning })
    let tables = watched.output.components(separatedBy: "\n\n")
    #expect(tables.count > 1, "\(watched.output)")
    let last = try #require(tables.last { !$0.isEmpty })
    let scores = try #require(last.split(separator: "\n").first { $0.hasPrefix("scores") })
    // Four steps, all with results.
    #expect(scores.split(separator: " ").prefix(4).map(String.init) == ["scores", "seed", "4", "4"], "\(last)")
    // Without a run in progress one look is enough.
    #expect(try lab.bioarc("status", "--watch").output == lab.bioarc("status").output)
  }
}
