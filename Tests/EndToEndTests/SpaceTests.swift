import Foundation
import Synchronization
import TestSupport
import Testing

/// Bytes that were removed on purpose: the results that still count, those that are made again, and the bytes
/// that are never taken.
@Suite(.serialized) struct SpaceTests {
  /// Results that are objects, made in a fraction of a second: a set, two tokenizations, a network for each.
  static func pipeline(steps: Int = 2, seed: Int = 3) -> String {
    """
    bioarc: 1
    name: small
    stages:
      promoters: { stage: synthesize, with: { train: 120, dev: 40, test: 40, seed: \(seed) } }
      tokens:
        stage: tokenize
        for: { k: [2, 3] }
        with: { scheme: kmer, k: $k }
        in: { sequences: $promoters }
      space: { stage: sample-space, with: { architectures: [c16-c16, t16] } }
      supernet:
        stage: pretrain
        with: { steps: \(steps), batch: 8, length: 32, warm-up: 2 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }
    """
  }

  /// Collects all that is neither pinned nor in use now.
  private static let everything = ["gc", "--store", "cache", "--keep-days", "0", "--no-keep-newest"]

  @discardableResult
  private func gc(_ lab: Lab, _ arguments: [String] = ["--yes", "--grace-seconds", "0"]) throws -> [String: Any] {
    let process = lab.workspace.process(Self.everything + ["--json"] + arguments)
    let execution = try Workspace.finish(process)
    #expect(execution.status == 0, "\(execution.errors)")
    return try JSONSerialization.jsonObject(with: Data(execution.output.utf8)) as? [String: Any] ?? [:]
  }

  private func objects(_ lab: Lab) -> [String] {
    let folder = lab.workspace.path("cache/objects")
    let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.count == 65 }.sorted()
  }

  private func expectSound(_ lab: Lab) throws {
    let check = try lab.workspace.bioarc("fsck", "--store", "cache")
    #expect(check.status == 0, "\(check.output)")
  }

  private func divergences(_ events: Events) -> Int {
    events.all.filter { ($0["event"] as? [String: Any])?["divergence"] != nil }.count
  }

  @Test func `evicted results count until their bytes are needed`() throws {
    let lab = try Lab()
    try lab.run()
    let digests = try lab.digests()
    let before = objects(lab)
    #expect(!before.isEmpty)
    // Nothing is old enough, and nobody said yes.
    #expect(try gc(lab, ["--yes"])["freed"] as? Int == 0)
    #expect(try gc(lab, ["--grace-seconds", "0"])["removed"] as? Bool == false)
    #expect(try gc(lab, ["--grace-seconds", "0", "--yes", "--dry-run"])["removed"] as? Bool == false)
    #expect(objects(lab) == before)
    let gone = try gc(lab)
    let freed = try #require(gone["freed"] as? Int)
    #expect(freed > 100_000 && freed == gone["bytes"] as? Int)
    #expect(objects(lab).count < before.count)
    // All of it still counts, but cannot be shown.
    #expect(try lab.run().started == [])
    #expect(try lab.bioarc("plan", "--exit-code").status == 0)
    let shown = try lab.bioarc("show", "supernet[k=2].weights")
    #expect(shown.status == 1)
    #expect(shown.errors.contains("were evicted to free space"))
    #expect(shown.errors.contains("--only 'supernet[k=2]' --force 'supernet[k=2]'"))
    // A step that needs some of it has just that made again.
    let edited = try lab.run(["--set", "scores.lr=0.002", "--only", "scores[k=2,architecture=t16]"])
    #expect(edited.started.contains("scores[k=2,architecture=t16]"))
    #expect(edited.stages == ["promoters", "scores", "supernet", "tokens"])
    #expect(edited.started.allSatisfy { !$0.contains("k=3") && !$0.contains("c16-c16") }, "\(edited.started)")
    #expect(divergences(edited) == 0)
    // The way that the message names works for each.
    for step in ["promoters", "tokens", "supernet", "scores", "ranking"] {
      #expect(divergences(try lab.run(["--only", step, "--force", step])) == 0)
    }
    #expect(try lab.digests() == digests)
    try expectSound(lab)
  }

  @Test func `pins and runs keep their results`() throws {
    let lab = try Lab(Self.pipeline())
    try lab.run()
    let pinned = try lab.bioarc("pin", "supernet[k=2]", "--name", "paper")
    #expect(pinned.status == 0, "\(pinned.errors)")
    #expect(pinned.output.hasPrefix("pinned 1 result, "))
    #expect(try lab.bioarc("pin", "--name", "paper").status == 2)
    #expect(try lab.bioarc("pin", "--name", "a/b").status == 2)
    #expect(try lab.bioarc("pin", "tokens[k=2]").output.hasSuffix("as 'small.tokens-k-2'\n"))
    #expect(try lab.workspace.bioarc("pins", "--store", "cache").output.contains("small.tokens-k-2"))
    try gc(lab)
    for step in ["supernet[k=2].weights", "tokens[k=2]"] { #expect(try lab.bioarc("show", step).status == 0) }
    for step in ["supernet[k=3].weights", "tokens[k=3]"] { #expect(try lab.bioarc("show", step).status == 1) }
    for name in ["paper", "small.tokens-k-2"] {
      #expect(try lab.workspace.bioarc("unpin", name, "--store", "cache").status == 0)
    }
    #expect(try lab.workspace.bioarc("unpin", "paper", "--store", "cache").status == 2)
    try gc(lab)
    #expect(try lab.bioarc("show", "supernet[k=2].weights").status == 1)
    // The newest run of each pipeline keeps what it asked for, whatever its age; the one before it does not.
    try lab.run(["--force", "*"])
    try lab.write(Self.pipeline(steps: 3))
    try lab.run()
    let kept = try lab.workspace.bioarc(
      "gc", "--store", "cache", "--keep-days", "0", "--grace-seconds", "0", "--yes")
    #expect(kept.status == 0 && kept.output.contains("pretrain"), "\(kept.output)")
    #expect(try lab.bioarc("show", "supernet[k=2].weights").status == 0)
    try lab.write(Self.pipeline())
    #expect(try lab.bioarc("show", "supernet[k=2].weights").status == 1)
    try lab.write(Self.pipeline(steps: 3))
    // And so does a run of the last days.
    let recent = try lab.workspace.bioarc(
      "gc", "--store", "cache", "--no-keep-newest", "--grace-seconds", "0", "--yes")
    #expect(recent.output.hasPrefix("nothing to remove"), "\(recent.output)")
    try expectSound(lab)
  }

  /// Logs go when they are old, enough are newer, and nothing is kept for them.
  @Test func `logs of runs go when they are old and not needed`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      stages: { promoters: { stage: synthesize, with: { train: 20, dev: 10, test: 10 } } }
      """)
    for seed in 1...3 { try lab.run(["--set", "promoters.seed=\(seed)"]) }
    let folder = lab.workspace.path("cache/runs")
    let runs = { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    let all = try runs()
    #expect(all.count == 3)
    let collect = { (arguments: [String]) in
      let process = lab.workspace.process(["gc", "--store", "cache", "--grace-seconds", "0", "--json"] + arguments)
      return try QuestionTests.json(Workspace.finish(process))["runs"] as? [String]
    }
    #expect(try collect(["--yes", "--keep-days", "0", "--keep-runs", "1"]) == [], "none is old")
    for run in all {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -91 * 86_400)], ofItemAtPath: "\(folder)/\(run)/events.jsonl")
    }
    #expect(try collect(["--yes"]) == [], "the newest thousand stay")
    #expect(try collect(["--yes", "--keep-runs", "1", "--keep-days", "100"]) == [], "their results are kept")
    #expect(try collect(["--keep-runs", "1"]) == [all[1], all[0]], "nobody said yes")
    #expect(try runs() == all)
    #expect(try collect(["--keep-runs", "2", "--yes"]) == [all[0]])
    #expect(try runs() == Array(all.dropFirst()))
    #expect(try collect(["--keep-runs", "0", "--yes"]) == [all[1]], "the newest keeps its results, and so its log")
    #expect(try runs() == [all[2]])
    #expect(try lab.run(["--set", "promoters.seed=3"]).started == [])
    try expectSound(lab)
  }

  /// Tokens that are made in a moment go before weights that took their time, byte for byte.
  @Test func `cheap results go before dear ones`() throws {
    let lab = try Lab(Self.pipeline(steps: 60))
    try lab.run()
    let used = try lab.workspace.bioarc("du", "--store", "cache", "--json")
    let usage = try #require(try JSONSerialization.jsonObject(with: Data(used.output.utf8)) as? [String: Any])
    let stages = try #require(usage["stages"] as? [[String: Any]])
    #expect(stages.compactMap { $0["stage"] as? String } == ["pretrain", "sample-space", "synthesize", "tokenize"])
    #expect(stages.compactMap { $0["results"] as? Int } == [2, 1, 1, 2])
    let rate = { (stage: [String: Any]) -> Double in
      let seconds = stage["seconds"] as? Double ?? 1
      return Double(stage["objectBytes"] as? Int ?? 0) / max(seconds, 1e-9)
    }
    let best = try #require(stages.filter { $0["objectBytes"] as? Int ?? 0 > 0 }.max { rate($0) < rate($1) })
    let bytes = try #require(usage["bytes"] as? Int)
    let plan = try gc(lab, ["--grace-seconds", "0", "--dry-run", "--free", "1"])
    let goes = try #require(plan["goes"] as? [[String: Any]])
    let states = stages.reduce(0) { $0 + ($1["stateBytes"] as? Int ?? 0) }
    #expect(states > 0)
    // Inputs and orphans cost nothing; there are none here, so it is a result or a training's state.
    #expect(goes.count == 1)
    let first = try #require(goes.first)
    if first["what"] as? String == "results" { #expect(first["stage"] as? String == best["stage"] as? String) }
    let limited = try gc(lab, ["--grace-seconds", "0", "--yes", "--max-size", "\(bytes - 1)"])
    #expect(limited["bytes"] as? Int == plan["bytes"] as? Int)
    #expect(limited["left"] as? Int ?? 0 > 0)
    #expect(try lab.run().started == [])
    try expectSound(lab)
  }

  /// A lab with a step that reads again, `pause` seconds after the others, the file that the first one wrote.
  private func racingLab(pause: Int) throws -> Lab {
    let lab = try Lab()
    for (name, inputs, script) in [
      ("pause", "", "sleep \(pause); echo over > \"$1\""),
      ("join", "mark: { kinds: [mark], help: Comes first. }", "cat inputs/task/train.csv inputs/mark | wc > \"$1\""),
    ] {
      try lab.workspace.write("stages/\(name).sh", script + "\n")
      try lab.workspace.write(
        "stages/\(name).yaml",
        """
        name: \(name)
        version: 1
        summary: Takes its time.
        inputs:
          task: { kinds: [labelled-sequences], help: Rows. }
          \(inputs)
        outputs:
          mark: { kind: mark, layout: file, help: Something. }
        command: [sh, "{code}/\(name).sh", "{outputs}/mark"]
        code: [\(name).sh]

        """)
    }
    return lab
  }

  private static func racingPipeline(steps: Int = 2, seed: Int) -> String {
    pipeline(steps: steps, seed: seed) + """

        pause: { stage: pause, in: { task: $promoters } }
        join: { stage: join, in: { task: $promoters, mark: $pause.mark } }
      """
  }

  /// Collections all the time, beside runs of one pipeline that is edited to and fro: no run loses what it has made and
  /// still needs, nor what it has found.
  @Test func `collections take nothing from runs beside them`() throws {
    // An object is only protected by its age until a record names it, which takes less than a whole run does.
    let began = Date()
    try Lab(Self.pipeline()).run()
    let grace = 1 + Int(Date().timeIntervalSince(began))
    let expected = try [3, 4].map { seed in
      let lab = try racingLab(pause: grace + 1)
      try lab.write(Self.racingPipeline(seed: seed))
      try lab.run()
      return try lab.digests()
    }
    let lab = try racingLab(pause: grace + 1)
    try lab.write(Self.racingPipeline(seed: 3))
    try lab.run()
    let stop = Mutex(false)
    let collected = Mutex<[Int32]>([])
    let workspace = lab.workspace
    let collector = Thread {
      while !stop.withLock({ $0 }) {
        let process = workspace.process(Self.everything + ["--yes", "--grace-seconds", "\(grace)"])
        let execution = try? Workspace.finish(process)
        collected.withLock { $0.append(execution?.status ?? -1) }
      }
    }
    collector.start()
    for round in 0..<Self.rounds {
      try lab.write(Self.racingPipeline(steps: 2 + round / 2, seed: round % 2 == 0 ? 3 : 4))
      let events = try lab.run(["-j", "2"])
      #expect(divergences(events) == 0)
      #expect(events.started == Set(events.started).sorted(), "a step had to start again: \(events.started)")
    }
    stop.withLock { $0 = true }
    while !collector.isFinished { usleep(1000) }
    #expect(collected.withLock { $0.allSatisfy { $0 == 0 } && $0.count > 2 })
    try expectSound(lab)
    for (index, seed) in [3, 4].enumerated() {
      try lab.write(Self.racingPipeline(seed: seed))
      #expect(divergences(try lab.run(["--force", "*"])) == 0)
      #expect(try lab.digests() == expected[index])
    }
    try expectSound(lab)
  }

  /// `make stress` goes on for longer.
  static let rounds = ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1" ? 60 : 4

  @Test func `collections that are killed leave a sound store`() throws {
    let lab = try Lab(Self.pipeline())
    try lab.run()
    let digests = try lab.digests()
    for round in 0..<Self.rounds {
      let process = lab.workspace.process(Self.everything + ["--yes", "--grace-seconds", "0"])
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      usleep(UInt32.random(in: 0..<60_000))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      try expectSound(lab)
      #expect(try lab.run().started == [], "what was evicted counts, in round \(round)")
      #expect(divergences(try lab.run(["--force", "*"])) == 0)
    }
    #expect(try lab.digests() == digests)
  }
}
