import Foundation
import TestSupport
import Testing

/// `bioarc diff` on the built program: edits, scores on the same rows, rankings and bounds.
@Suite(.serialized) struct DiffTests {
  private static let pipeline = """
    bioarc: 1
    name: small
    stages:
      promoters:
        stage: synthesize
        with: { train: 400, dev: 300, test: 100, seed: 3 }
      tokens: { stage: tokenize, with: { scheme: kmer, k: 1 }, in: { sequences: $promoters } }
      scores:
        stage: fine-tune
        for: { architecture: [c8, c12, t8], seed: [1, 2] }
        with: { epochs: 4, lr: 0.006, seed: $seed }
        in: { tokenizer: $tokens.tokenizer, architecture: $architecture, task: $promoters }
      ranking:
        stage: rank
        in:
          scores:
            from: [$scores.metrics, $scores.predictions]
            over: { candidate: [architecture], replicate: [seed] }

    """

  private func document(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
  }

  @Test func `an edit is named with the scores and the ranking that moved by it`() throws {
    let lab = try Lab(Self.pipeline)
    let ends = try lab.run().all.compactMap { ($0["event"] as? [String: Any])?["stepFinished"] as? [String: Any] }
    // The log has what each step's processes used.
    let used = ends.compactMap { ($0["usage"] as? [String: Any])?["cpuSeconds"] as? Double }
    #expect(used.count == ends.count && used.allSatisfy { $0 > 0 }, "\(ends)")
    let same = try lab.bioarc("diff", "--exit-code")
    #expect(same.status == 0 && same.output.contains("nothing differs"), "\(same.output)\(same.errors)")

    // A rate at which nothing is learnt.
    try lab.write(Self.pipeline.replacing("lr: 0.006", with: "lr: 1e-7"))
    let planned = try lab.bioarc("diff", "--exit-code")
    #expect(planned.status == 3, "\(planned.errors)")
    #expect(planned.output.contains("scores: lr  0.006 -> 1e-07   (pipelines/small.yaml:11:28)  in 6 steps"))
    try lab.run()
    let found = try lab.bioarc("diff", "~1", "~", "--json")
    let diff = try document(found.output)
    let edits = try #require(diff["edits"] as? [[String: Any]])
    #expect(edits.count == 1 && (edits[0]["steps"] as? [String])?.count == 6)
    let scores = try #require((diff["scores"] as? [[String: Any]])?.first)
    let all = try #require(scores["all"] as? [String: Any])
    let difference = try #require(all["difference"] as? [String: Double])
    #expect(try #require(difference["value"]) < 0 && all["isToldApart"] as? Bool == true, "\(all)")
    #expect(try #require(difference["low"]) <= #require(difference["value"]))
    let rows = try #require(scores["rows"] as? [[String: Any]])
    #expect(
      Set(rows.compactMap { $0["name"] as? String }) == ["architecture=c8", "architecture=c12", "architecture=t8"])
    #expect(rows.allSatisfy { $0["seeds"] as? Int == 2 })
    let ranking = try #require((diff["rankings"] as? [[String: Any]])?.first)
    #expect(ranking["common"] as? Int == 3)

    // Runs have their texts: the file may be no pipeline at all.
    try lab.write("stages: [")
    let without = try lab.bioarc("diff", "~1", "~", "--json")
    #expect(without.output == found.output && without.errors.contains("stands for it"), "\(without.errors)")
    #expect(try lab.bioarc("diff", "~", "now").status == 2)
    try lab.write(Self.pipeline.replacing("lr: 0.006", with: "lr: 1e-7"))

    let bound = try lab.bioarc("diff", "~1", "~", "--fail-if", "mcc<-0.01")
    #expect(bound.status == 1 && bound.errors.contains("scores: mcc changed by -0."), "\(bound.errors)")
    #expect(try lab.bioarc("diff", "~1", "~", "--fail-if", "mcc>0.01").status == 0)
    let unknown = try lab.bioarc("diff", "~1", "~", "--fail-if", "spearman<0")
    #expect(unknown.status == 1 && unknown.errors.contains("no scores of 'spearman'"), "\(unknown.errors)")
    let markdown = try lab.bioarc("diff", "~1", "~", "--markdown").output
    #expect(markdown.contains("### edits") && markdown.contains("| --- |"), "\(markdown)")
    // Back to the first text: nothing differs from the first run, whatever came between.
    try lab.write("# a comment\n" + Self.pipeline)
    #expect(try lab.bioarc("diff", "~1", "now").output.contains("nothing differs"))
  }

  @Test func `a run that there is not is told with what there is`() throws {
    let lab = try Lab(Self.pipeline)
    let none = try lab.bioarc("diff")
    #expect(
      none.status == 2 && none.errors.contains("the store has no run of 'pipelines/small.yaml'"), "\(none.errors)")
    try lab.run(["--only", "promoters"])
    let few = try lab.bioarc("diff", "~3", "~")
    #expect(few.status == 2 && few.errors.contains("the store has only 1 run of"), "\(few.errors)")
    let bad = try lab.bioarc("diff", "2031", "now")
    #expect(bad.status == 2 && bad.errors.contains("no run is named '2031'"), "\(bad.errors)")
    let form = try lab.bioarc("diff", "--fail-if", "mcc")
    #expect(form.status != 0 && form.errors.contains("--fail-if takes NAME<NUMBER"), "\(form.errors)")
  }

  @Test func `other bytes under one key stand first`() throws {
    let lab = try Lab(Self.pipeline)
    try lab.run(["--only", "tokens"])
    let id = try #require(
      try FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("cache/runs")).max())
    let key = String(repeating: "ab", count: 32)
    let event = """
      {"event":{"divergence":{"key":"\(key)","ports":["tokens"],"step":"tokens"}},"time":1}

      """
    let log = try FileHandle(forWritingTo: URL(fileURLWithPath: lab.workspace.path("cache/runs/\(id)/events.jsonl")))
    try log.seekToEnd()
    try log.write(contentsOf: Data(event.utf8))
    try log.close()
    #expect(try !lab.bioarc("diff").output.contains("is not known"))
    // As an older program logged it, without the text: what cannot be told is said.
    let summary = lab.workspace.path("cache/runs/\(id)/summary.jsonl")
    let lines = try String(contentsOfFile: summary, encoding: .utf8)
    let older = lines.replacing(#/,"text":\{[^}]*\}/#, with: "")
    #expect(older != lines)
    try older.write(toFile: summary, atomically: false, encoding: .utf8)
    let output = try lab.bioarc("diff").output
    #expect(output.contains("the text of the pipeline in run \(id) is not known"), "\(output)")
    #expect(
      output.hasPrefix("divergences:\nrun \(id): tokens gave other bytes under the key abababababab"), "\(output)")
  }
}
