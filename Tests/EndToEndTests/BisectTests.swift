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

  @Test func `a killed bisection goes on from the store`() throws {
    let lab = try Lab(Self.pipeline)
    try lab.run()
    try lab.write(Self.pipeline.replacing("lr: 0.006, clip: 1", with: "lr: 1e-7, clip: 2"))
    let runs = { () -> Int in
      (try? FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("cache/runs")))?.count ?? 0
    }
    let process = lab.workspace.process(["bisect", "pipelines/small.yaml", "scores", "~", "now"])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    // The first version has been measured when the run of the second begins.
    try #require(Waiting.until { runs() >= 3 }, "the bisection began no second version")
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(Waiting.until { CrashTests.workers(lab).isEmpty })
    let rest = try lab.bioarc("bisect", "scores", "~", "now", "--json")
    let answer = try document(rest.output)
    let probes = try #require(answer["probes"] as? [[String: Any]], "\(rest.errors)")
    let executed = probes.compactMap { $0["executed"] as? Int }
    // The old version and the first one; each of the others has 8 trainings, and none is done twice.
    #expect(executed.count == 4 && executed.prefix(2) == [0, 0] && executed.allSatisfy { $0 <= 8 }, "\(executed)")
    let again = try lab.bioarc("bisect", "scores", "~", "now", "--json")
    let known = try document(again.output)
    #expect((known["probes"] as? [[String: Any]])?.allSatisfy { $0["executed"] as? Int == 0 } == true)
    #expect(NSArray(array: known["parts"] as? [Any] ?? []).isEqual(to: answer["parts"] as? [Any] ?? [0]))
    #expect(again.status == rest.status)
  }

  /// Two parameters that must be equal, or the step fails; what they are matters to no score.
  private static let gate = """
    name: gate
    version: 1
    summary: Passes metrics on.
    parameters:
      left: { type: int, default: 0, neutral: 0, help: A number. }
      right: { type: int, default: 0, neutral: 0, help: The same number. }
    inputs:
      scores: { kinds: [metrics], help: Metrics. }
    outputs:
      metrics: { kind: metrics, layout: file, help: The same metrics. }
    command: [sh, "{code}/gate.sh", "{with.left}", "{with.right}", "{inputs}/scores", "{outputs}/metrics"]
    code: [gate.sh]
    """

  @Test func `versions that fail are done without, and work that versions share counts once`() throws {
    let pipeline =
      Self.pipeline.replacing("[1, 2, 3, 4]", with: "[1, 2, 3, 4, 5, 6]").replacing("[c8, c12]", with: "[c8]") + """
          gate:
            stage: gate
            with: { left: 1, right: 1 }
            in: { scores: $scores.metrics }

        """
    let lab = try Lab(pipeline)
    try lab.workspace.write("stages/gate.yaml", Self.gate)
    try lab.workspace.write("stages/gate.sh", "test \"$1\" = \"$2\" || exit 3\ncp \"$3\" \"$4\"\n")
    try lab.run()
    try lab.write(
      pipeline.replacing("left: 1, right: 1", with: "left: 2, right: 2").replacing("lr: 0.006", with: "lr: 1e-7"))
    let dry = try lab.bioarc("bisect", "gate", "~", "now", "--dry-run")
    // 6 trainings at the other rate for four versions, and 6 passages for each of the seven that have not run.
    #expect(
      dry.errors.contains("8 versions to measure, 1 of them from the store; at most 48 steps"), "\(dry.errors)")
    let found = try lab.bioarc("bisect", "gate", "~", "now", "--json")
    #expect(found.status == 0, "\(found.errors)")
    #expect(found.errors.contains("with gate.left 1 -> 2, 'gate[architecture=c8,seed=1]' has no score: done without"))
    let answer = try document(found.output)
    let parts = try #require(answer["parts"] as? [[String: Any]])
    #expect(parts.map { $0["edits"] as? [String] } == [["scores.lr 0.006 -> 1e-07"]], "\(parts)")
    #expect(parts[0]["verdict"] as? String == "cause")
    let together = try #require(answer["together"] as? [String: Any])
    #expect(together["edits"] as? [String] == ["gate.left 1 -> 2", "gate.right 1 -> 2"])
    #expect(together["verdict"] as? String == "no effect" && together["value"] as? Double == 0, "\(together)")
    #expect((answer["failures"] as? [Any])?.count == 4 && (answer["probes"] as? [Any])?.count == 4)
    let text = try lab.bioarc("bisect", "gate", "~", "now").output
    #expect(text.contains("no effect, measured only as one: gate.left 1 -> 2 with gate.right 1 -> 2"), "\(text)")
    #expect(text.contains("failed: gate.left 1 -> 2: 'gate[architecture=c8,seed=1]' has no score"), "\(text)")
    // A version that is compared must not fail.
    try lab.write(pipeline.replacing("left: 1, right: 1", with: "left: 2, right: 1"))
    let bad = try lab.bioarc("bisect", "gate", "~", "now")
    #expect(bad.status == 1 && bad.errors.contains("has no score: there is nothing to compare"), "\(bad.errors)")
  }

  @Test func `an input with other bytes is an edit, and those of then are in the store`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      inputs:
        task: { path: ../task.csv, kind: labelled-sequences, format: csv, options: { split: split } }
      stages:
        model: { stage: baseline, with: { k-max: 4 }, in: { task: $task } }

      """)
    var random = SystemRandomNumberGenerator()
    let rows = (0..<900).map { index in
      let letters = (0..<40).map { _ in "ACGT".randomElement(using: &random)! }
      return (text: String(letters) + (index % 2 == 0 ? "TATAAA" : "GCGCGC"), label: index % 2)
    }
    let table = { (label: (Int, Int) -> Int) in
      "sequence,label,split\n"
        + rows.enumerated().map { index, row in
          "\(row.text),\(label(index, row.label)),\(["train", "dev", "test"][index % 3])\n"
        }.joined()
    }
    try lab.workspace.write("task.csv", table { $1 })
    try lab.run()
    // Labels that no letter tells, and a parameter that matters little.
    try lab.workspace.write("task.csv", table { index, _ in index / 2 % 2 })
    try lab.write(
      String(contentsOfFile: lab.workspace.path("pipelines/small.yaml"), encoding: .utf8)
        .replacing("k-max: 4", with: "k-max: 5"))
    try lab.run()
    let diff = try lab.bioarc("diff", "~1", "~").output
    #expect(diff.contains("model: task"), "\(diff)")
    // The file has other bytes again: runs are compared with those that they read.
    try lab.workspace.write("task.csv", table { index, _ in index / 3 % 2 })
    let found = try lab.bioarc("bisect", "model", "~1", "~", "--json")
    #expect(found.status == 0, "\(found.errors)")
    let answer = try document(found.output)
    let parts = try #require(answer["parts"] as? [[String: Any]])
    let first = try #require((parts.first?["edits"] as? [String])?.first)
    #expect(first.hasPrefix("the input task, whose '") && first.contains("task.csv' has other bytes ("), "\(first)")
    #expect(parts.first?["verdict"] as? String == "cause" && parts.count == 2, "\(parts)")
    #expect((parts[1]["edits"] as? [String]) == ["model.k-max 4 -> 5"])
    let probes = try #require(answer["probes"] as? [[String: Any]])
    #expect(probes.compactMap { $0["executed"] as? Int } == [0, 1, 1, 0], "\(probes)")
    #expect((answer["notes"] as? [String])?.contains { $0.contains("other keys now") } == false)
  }
}
