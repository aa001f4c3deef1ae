import Foundation
import TestSupport
import Testing

/// The answers of the built program about the things that it would do, and did not do.
@Suite(.serialized) struct QuestionTests {
  /// All paths below the lab's store with their sizes and times of change.
  static func listing(_ lab: Lab) throws -> [String] {
    let root = lab.workspace.path("cache")
    guard let paths = FileManager.default.enumerator(atPath: root) else { return [] }
    return try paths.compactMap { $0 as? String }.sorted().map { path in
      let facts = try FileManager.default.attributesOfItem(atPath: root + "/" + path)
      return "\(path) \(facts[.size] ?? 0) \(facts[.modificationDate] ?? 0)"
    }
  }

  static func json(_ execution: Execution) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(execution.output.utf8))
    return try #require(value as? [String: Any], "\(execution.output)\(execution.errors)")
  }

  @Test func `a supposition runs nothing and writes nothing`() throws {
    let lab = try EditTests.copy()
    let before = try Self.listing(lab)
    let text = try lab.bioarc("why", "--if", "supernet.lr=0.01").output
    let cluster = try lab.bioarc("why", "--if", "supernet.lr=0.01", "--executor", "slurm").output
    #expect(cluster.contains("expected time in 1000 jobs at a time"), "\(cluster)")
    #expect(text.contains("supernet: 2 steps will run"))
    #expect(text.contains("lr  0.001 -> 0.01   (--if:1:13)"))
    #expect(text.contains("scores: at most 4 steps, unless 'supernet' comes out as before"))
    #expect(text.contains("2 steps will run, and at most 5 more"))
    let ranking = try lab.bioarc("why", "ranking", "--if", "promoters.seed=9", "--if", "scores.epochs=2").output
    #expect(
      ranking.contains("  scores: epochs  1 -> 2   (--if:2:15)\n  promoters: seed  3 -> 9   (--if:1:16)"), "\(ranking)")
    #expect(try lab.bioarc("why", "--if", "scores.checkpoint-seconds=9").output.hasSuffix("nothing to run\n"))
    #expect(try lab.bioarc("why", "--if", "scores.lrr=9").errors.contains("did you mean 'lr'?"))
    #expect(try lab.bioarc("why").status == 0)
    #expect(try lab.bioarc("plan").status == 0)
    #expect(try Self.listing(lab) == before)
    let document = try Self.json(lab.bioarc("why", "--if", "supernet.lr=0.01", "--json"))
    #expect((document["forecast"] as? [String: Any])?["certain"] as? Int == 2)
    #expect((document["forecast"] as? [String: Any])?["atMost"] as? Int == 7)
    let empty = try Lab()
    #expect(try empty.bioarc("why", "--if", "supernet.lr=0.01").status == 0)
    #expect(try empty.bioarc("plan").output.contains("nothing like it has run"))
    #expect(!FileManager.default.fileExists(atPath: empty.workspace.path("cache")), "a question makes no store")
  }

  /// The JSON of a reason says all that its text says.
  @Test func `reasons in JSON say all that their text says`() throws {
    let lab = try EditTests.copy()
    let edits = { (document: [String: Any]) in
      (document["edits"] as? [[String: Any]] ?? []).map { edit in
        let change = edit["change"] as? [String: Any]
        return ["\(edit["stage"] ?? "")"] + ["field", "old", "new"].map { "\(change?[$0] ?? "")" }
      }
    }
    let supposed = try Self.json(lab.bioarc("why", "ranking", "--if", "promoters.seed=9", "--json"))
    #expect(edits(supposed) == [["promoters", "seed", "3", "9"]])
    var repeated = 0
    func walk(_ reason: [String: Any]) {
      if reason["isRepeated"] as? Bool == true { repeated += 1 }
      (reason["causes"] as? [[String: Any]] ?? []).forEach(walk)
    }
    let steps = try #require(supposed["steps"] as? [[String: Any]])
    steps.forEach(walk)
    #expect(repeated > 0, "the promoters are read by tokens and by scores")
    #expect(steps[0]["trigger"] == nil && steps[0]["state"] as? String == "waits")

    let rows = try Self.json(lab.bioarc("plan", "--set", "supernet.lr=0.01", "--json"))["stages"] as? [[String: Any]]
    let pending = (rows ?? []).filter { ($0["expectedSeconds"] as? Double ?? -1) > 0 }
    #expect(pending.map { $0["stage"] as? String } == ["supernet", "scores", "ranking"])
    #expect(rows?.allSatisfy { $0["expectedSeconds"] is Double } == true)

    try lab.write(Lab.pipeline.replacing("[c16-c16, t16]", with: "[c16-c16, t16, c16-t32]"))
    let new = try Self.json(lab.bioarc("why", "scores[k=2,architecture=c16-t32]", "--json"))
    let step = try #require((new["steps"] as? [[String: Any]])?.first)
    #expect(step["trigger"] as? String == "changed")
    let kin = try #require(step["comparedStep"] as? String)
    #expect(kin.hasPrefix("scores[") && kin.contains("2,") && kin.hasSuffix("c16-c16]"))
    #expect(edits(new).map { [$0[0], $0[1], $0[3]] } == [["scores", "architecture", "c16-t32"]])
  }

  /// Nothing is written of files that were touched either, and only what the step reads need be there.
  @Test func `a supposition reads only the inputs that it needs`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      inputs:
        genome: { path: ../genome.fa, kind: sequences, format: fasta }
        other: { path: ../nowhere.fa, kind: sequences, format: fasta }
      stages:
        windows: { stage: windows, with: { length: 64, step: 64 }, in: { sequences: $genome } }
        others: { stage: windows, with: { length: 64, step: 64 }, in: { sequences: $other } }
      """)
    let letters = String(repeating: "ACGTTGCAAC", count: 200)
    try lab.workspace.write("genome.fa", ">chromosome\n\(letters)\n")
    try lab.run(["--only", "windows"])
    // Its time must be old enough for its digest to be kept.
    usleep(2_200_000)
    let before = try Self.listing(lab)
    let answer = try lab.bioarc("why", "windows", "--if", "windows.length=32")
    #expect(answer.status == 0 && answer.output.contains("length  64 -> 32"), "\(answer.errors)")
    #expect(try Self.listing(lab) == before)
    #expect(try lab.bioarc("why", "--if", "windows.length=32").errors.contains("nowhere.fa"))
    #expect(try lab.bioarc("why", "windows").status == 0)
    #expect(try Self.listing(lab) != before, "a question about what is keeps the digest")
  }

  @Test func `the parts of a key are shown with their places`() throws {
    let lab = try EditTests.original.get()
    let text = try lab.bioarc("why", "scores[k=2,architecture=t16]", "--not").output
    let parts = text.components(separatedBy: "\n\n")
    #expect(parts.count == 4)
    #expect(parts[0].contains("there is a result under it"))
    #expect(parts[1].contains("behaviour version") && parts[1].contains("t16 architecture"))
    #expect(parts[2].contains("lr") && parts[2].contains("pipelines/small.yaml:23:28"), "written, and neutral")
    #expect(parts[3].contains("checkpoint-seconds") && parts[3].contains("comments"))
    let rows =
      try JSONSerialization.jsonObject(
        with: Data(lab.bioarc("why", "scores", "--not", "--json").output.utf8)) as? [[String: Any]]
    #expect(rows?.count == 4)
  }

  /// A pipeline is the same by whatever path, and an up-to-date step says what it was before.
  @Test func `a step is compared with what it was, by any path`() throws {
    let lab = try EditTests.copy()
    try lab.run(["--set", "scores.lr=0.002", "--only", "scores[k=2,architecture=t16]"])
    for path in ["./pipelines/small.yaml", lab.workspace.path("pipelines/small.yaml")] {
      let text = try Workspace.finish(
        lab.workspace.process(["why", path, "scores[k=2,architecture=t16]", "--set", "scores.lr=0.003"])
      ).output
      #expect(text.contains("lr  0.002 -> 0.003"), "\(text)")
    }
    let back = try lab.bioarc("why", "scores[k=2,architecture=t16]").output
    #expect(back.contains("is up to date") && back.contains("lr  0.002 -> 0.001"), "\(back)")
  }

  @Test func `a plan file runs as it was decided or is refused`() throws {
    let lab = try EditTests.copy()
    let made = try lab.bioarc("plan", "--set", "scores.lr=0.002", "-o", "tonight", "-j", "1")
    #expect(made.output.contains("4 steps will run, and at most 1 more"))
    #expect(try lab.bioarc("plan", "-o", "tonight").status == 1, "nothing that exists is overwritten")
    let run = { (arguments: [String]) in try Workspace.finish(lab.workspace.process(["run", "tonight"] + arguments)) }
    for option in [["--only", "ranking"], ["--stages", "stages"], ["--retry-failed"]] {
      let refused = try run(option)
      #expect(refused.status == 2 && refused.errors.contains("\(option[0])"), "\(refused.errors)")
    }
    try lab.write(Lab.pipeline.replacingOccurrences(of: "epochs: 1,", with: "epochs: 2,"))
    let refused = try run([])
    #expect(refused.status == 2)
    #expect(refused.errors.contains("scores.epochs  1 -> 2   (pipelines/small.yaml:23:21)"), "\(refused.errors)")
    #expect(refused.errors.contains("(and 3 more): its key was"))
    try lab.write(Lab.pipeline)
    let events = Events(try run(["--json"]).output)
    #expect(events.stages == ["ranking", "scores"] && events.started.count == 5)
    #expect(Events(try run(["--json"]).output).started == [], "what a plan has done is done")
    // Cut in the middle, it is no plan; and a result that was to be reused must still be there.
    let bytes = try Data(contentsOf: URL(fileURLWithPath: lab.workspace.path("tonight")))
    try lab.workspace.write("cut", String(decoding: bytes.prefix(bytes.count / 2), as: UTF8.self))
    #expect(try Workspace.finish(lab.workspace.process(["run", "cut"])).errors.contains("was cut or edited"))
    try FileManager.default.removeItem(atPath: lab.workspace.path("cache"))
    #expect(try run([]).errors.contains("promoters: it had a result that was to be reused, and has none now"))
  }

  /// A plan is of one store, wherever that was named.
  @Test func `a plan file runs in the store that it was made for`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      stages: { promoters: { stage: synthesize, with: { train: 20, dev: 10, test: 10 } } }
      """)
    let store = ["BIOARC_STORE": "other"]
    #expect(try lab.workspace.bioarc("plan", "pipelines/small.yaml", "-o", "tonight", environment: store).status == 0)
    #expect(try lab.workspace.bioarc("run", "tonight").status == 0)
    #expect(FileManager.default.fileExists(atPath: lab.workspace.path("other/FORMAT")))
    #expect(!FileManager.default.fileExists(atPath: lab.workspace.path("cache")))
  }

  /// Only so many runs are looked at, which is said.
  @Test func `only the newest runs are looked at, which is said`() throws {
    let lab = try EditTests.copy()
    let why = { (arguments: [String]) in
      try Workspace.finish(
        lab.workspace.process(["why", "pipelines/small.yaml", "space", "--set", "space.seed=9"] + arguments))
    }
    #expect(try why([]).output.contains("seed  0 -> 9") && !why([]).output.contains("older runs"))
    for number in 0..<200 {
      try lab.workspace.write("cache/runs/29990101T000000.000Z-\(10_000_000 + number)/summary.jsonl", "")
    }
    #expect(try why([]).output.contains("older runs than the newest 200 of this store were not looked at"))
    #expect(try Self.json(why(["--json"]))["runs"] as? Int == 200)
  }

  /// Everything that reads has its answer as JSON, also when something is wrong.
  @Test func `verbs that read answer in JSON, also where something is wrong`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: bad
      inputs: { genome: { path: nowhere.fa, kind: sequences, format: fasta } }
      stages:
        windows: { stage: windows, in: { sequences: $genome } }
      """)
    let check = try lab.bioarc("check", "--json")
    #expect(check.status == 2 && check.errors.isEmpty)
    let findings = try Self.json(check)["findings"] as? [[String: Any]]
    #expect(findings?.count == 1 && (findings?[0]["message"] as? String)?.contains("nowhere.fa") == true)
    let graph = try Self.json(lab.bioarc("graph", "--json"))
    #expect((graph["edges"] as? [[String: Any]])?.count == 1 && (graph["inputs"] as? [Any])?.count == 1)
    let stage = try Self.json(lab.workspace.bioarc("stages", "tokenize", "--json"))
    #expect((stage["parameters"] as? [[String: Any]])?.count == 9)
    let stages =
      try JSONSerialization.jsonObject(
        with: Data(lab.workspace.bioarc("stages", "--json").output.utf8)) as? [[String: Any]]
    #expect(stages?.count == 36)
  }

  /// An item that no run-time axis has is said, before the run where the axis is known and after it where it was not.
  @Test func `an item that a run-time axis lacks is told`() throws {
    let text = """
      bioarc: 1
      name: items
      stages:
        promoters: { stage: synthesize, with: { train: 60, dev: 20, test: 20 } }
        tokens: { stage: tokenize, with: { k: 2 }, in: { sequences: $promoters } }
        space: { stage: sample-space, with: { architectures: [c16, t16] } }
        scores:
          stage: fine-tune
          for: { architecture: $space.architectures }
          with: { epochs: 1 }
          in: { tokenizer: $tokens.tokenizer, architecture: $architecture, task: $promoters }
        ranking: { stage: rank, in: { scores: { from: $scores.metrics, over: { candidate: [architecture] } } } }
      """
    let lab = try Lab(text)
    let late = try lab.bioarc("run", "--only", "scores[architecture=t61]")
    #expect(late.status == 2 && late.errors.contains("no such item; did you mean 't16'?"), "\(late.errors)")
    let early = try lab.bioarc("plan", "--only", "scores[architecture=x*]")
    #expect(early.status == 2 && early.errors.contains("its items: c16, t16"), "\(early.errors)")
    #expect(try lab.run(["--only", "scores[architecture=t16]"]).started == ["scores[architecture=t16]"])
    try lab.run()
    try lab.write(text.replacing("[c16, t16]", with: "[c16, t16, c16-t16]"))
    try downstreamOfTheAxis(lab)
  }

  /// `scores` and `ranking` have an answer before `space` has run again, and follow from it.
  private func downstreamOfTheAxis(_ lab: Lab) throws {
    let cause = "  space: architectures  [c16, t16] -> [c16, t16, c16-t16]   (pipelines/small.yaml:6:"
    for step in ["scores", "ranking", "*"] {
      let why = try lab.bioarc("why", step)
      #expect(why.status == 0 && why.output.contains(cause), "\(why.output)\(why.errors)")
      #expect(why.output.contains("scores: how many steps run is known when 'space' has run; before, there were 2"))
    }
    let ranking = try lab.bioarc("why", "ranking").output
    #expect(ranking.contains("ranking waits for the steps of scores, and runs unless"), "\(ranking)")
    #expect(ranking.contains("    scores waits for space (its members are the axis architecture)"), "\(ranking)")
    #expect(try lab.bioarc("why", "ranking", "--not").output.contains("has no key yet"))
    #expect(try lab.bioarc("show", "scores").errors.contains("are not known before"))
    let document = try Self.json(lab.bioarc("why", "--if", "space.seed=3", "--json"))
    let stages = try #require(document["stages"] as? [[String: Any]])
    #expect(stages.map { $0["isOpen"] as? Bool } == [false, true, false])
    #expect(stages.map { $0["waitsFor"] as? [String] } == [[], ["space"], ["scores"]])
    #expect(try lab.run(["--from", "space"]).started == ["ranking", "scores[architecture=c16-t16]", "space"])
  }
}
