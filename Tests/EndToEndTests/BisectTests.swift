import Foundation
import TestSupport
import Testing

/// `bioarc bisect` on the built program.
@Suite(.serialized) struct BisectTests {
  private static let pipeline = """
    bioarc: 1
    name: small
    params: { seeds: [1, 2, 3, 4] }
    stages:
      promoters:
        stage: synthesize
        with: { train: 800, dev: 300, test: 60, seed: 3 }
      tokens: { stage: tokenize, with: { scheme: kmer, k: 1 }, in: { sequences: $promoters } }
      scores:
        stage: fine-tune
        for: { architecture: [c8, c12], seed: $params.seeds }
        with: { epochs: 8, lr: 0.006, clip: 1, seed: $seed }
        in: { tokenizer: $tokens.tokenizer, architecture: $architecture, task: $promoters }

    """

  private func document(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
  }

  @Test func `the edit that moved a score is named, and asked again from the store`() throws {
    let lab = try Lab(Self.pipeline)
    try lab.run()
    let same = try lab.bioarc("bisect", "scores", "~", "now")
    #expect(same.status == 3 && same.output.contains("nothing differs"), "\(same.output)\(same.errors)")
    // A rate at which nothing is learnt, a clipping that matters little, and a comment.
    let edited = "# a comment\n" + Self.pipeline.replacing("lr: 0.006, clip: 1", with: "lr: 1e-7, clip: 2")
    try lab.write(edited)
    let dry = try lab.bioarc("bisect", "scores", "~", "now", "--dry-run")
    #expect(dry.status == 0 && dry.output.isEmpty, "\(dry.output)")
    #expect(dry.errors.contains("4 versions to measure, 1 of them from the store"), "\(dry.errors)")
    let poor = try lab.bioarc("bisect", "scores", "~", "now", "--budget", "1s")
    #expect(poor.status == 1 && poor.errors.contains("that is more than --budget 1s"), "\(poor.errors)")

    // One of the versions has run before: what a bisection that was ended has measured is there too.
    try lab.run(["--set", "scores.clip=1"])
    let found = try lab.bioarc("bisect", "scores", "~1", "now", "--json")
    #expect(found.status == 0, "\(found.errors)")
    let answer = try document(found.output)
    #expect(answer["answer"] as? String == "named" && answer["metric"] as? String == "mcc")
    let parts = try #require(answer["parts"] as? [[String: Any]])
    #expect(
      parts.map { $0["edits"] as? [String] } == [["scores.lr 0.006 -> 1e-07"], ["scores.clip 1 -> 2"]], "\(parts)")
    #expect(parts[0]["verdict"] as? String == "cause" && parts[1]["verdict"] as? String != "cause")
    let total = try #require((answer["total"] as? [String: Any])?["value"] as? Double)
    #expect(try #require(parts[0]["value"] as? Double) < -0.1 && total < -0.1)
    let probes = try #require(answer["probes"] as? [[String: Any]])
    #expect(probes.count == 4 && probes.count { ($0["executed"] as? Int ?? 0) == 0 } >= 2, "\(probes)")

    // Its own runs are none of the pipeline: ~1 is the run that it was.
    let again = try lab.bioarc("bisect", "scores.mcc", "~1", "now")
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.output.contains("cause: scores.lr 0.006 -> 1e-07: -0."), "\(again.output)")
    #expect(again.output.contains("4 seeds, 4 versions, 4 of them from the store"), "\(again.output)")
    // More seeds hold for every version.
    let more = try lab.bioarc("bisect", "scores", "~1", "now", "--set", "seeds=[1, 2, 3, 4, 5]", "--dry-run")
    #expect(more.errors.contains("4 versions to measure, 0 of them from the store"), "\(more.errors)")
  }

  @Test func `an edit of the graph is measured as one, and names are checked`() throws {
    let lab = try Lab(Self.pipeline)
    try lab.run()
    try lab.write(
      Self.pipeline.replacing("k: 1 }", with: "k: 3, stride: 3 }").replacing("[c8, c12]", with: "[c8, t8]"))
    let plan = try lab.bioarc("bisect", "scores", "~", "now", "--dry-run")
    #expect(plan.errors.contains("edit 1: tokens.k 1 -> 3"), "\(plan.errors)")
    #expect(plan.errors.contains("the rest of the file"), "\(plan.errors)")
    let wrong = try lab.bioarc("bisect", "score", "~", "now")
    #expect(wrong.status == 2 && wrong.errors.contains("did you mean 'scores'?"), "\(wrong.errors)")
    let none = try lab.bioarc("bisect", "tokens", "~", "now")
    #expect(none.status == 2 && none.errors.contains("'tokens' has no scores"), "\(none.errors)")
    let metric = try lab.bioarc("bisect", "scores.mmc", "~", "now")
    #expect(metric.status != 0 && metric.errors.contains("did you mean 'mcc'?"), "\(metric.errors)")
  }
}
