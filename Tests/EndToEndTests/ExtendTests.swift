import Foundation
import TestSupport
import Testing

/// Trainings that go on from the states of earlier ones, through the built program: never a step twice, never another
/// bit than that of a direct run.
@Suite(.serialized) struct ExtendTests {
  /// A training and a pool of fine-tunes, all small; `pretrain` and `tune` are parameters of theirs.
  private static func pipeline(_ pretrain: String, tune: String = "epochs: 2", axes: String = "{}") -> String {
    """
    bioarc: 1
    name: small
    stages:
      promoters: { stage: synthesize, with: { train: 120, dev: 40, test: 40, seed: 3 } }
      tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $promoters } }
      net:
        stage: pretrain
        for: \(axes)
        with: { batch: 2, length: 16, warm-up: 20, held-out-batches: 1, \(pretrain) }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, architecture: c8-t8 }
      tune:
        stage: fine-tune
        for: { seed: [1, 2, 3] }
        with: { seed: $seed, batch: 16, warm-up: 2, lr: 0.003, \(tune) }
        in: { tokenizer: $tokens.tokenizer, architecture: c8-t8, task: $promoters }
    """.replacingOccurrences(of: "    for: {}\n", with: "")
  }

  private static func only(_ stage: String) -> [String] { ["--only", stage] }

  /// The steps after which a run told a loss.
  static func losses(_ events: Events, _ step: String) -> [Int] {
    events.all.compactMap { ($0["event"] as? [String: Any])?["metric"] as? [String: Any] }
      .filter { $0["step"] as? String == step && ($0["name"] as? String)?.hasSuffix("loss") == true }
      .filter { $0["name"] as? String != "held-out loss" }.compactMap { $0["at"] as? Int }
  }

  /// The digests of a step's outputs, in the order of their names.
  private func digests(_ lab: Lab, _ step: String) throws -> [String] {
    let text = try lab.bioarc("show", step, "--json").output
    let outputs = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]] ?? []
    let digests = outputs.compactMap { output in
      (output["digest"] as? String).map { "\(output["output"] ?? "") \($0)" }
    }
    #expect(!digests.isEmpty, "\(text)")
    return digests.sorted()
  }

  /// The digests of a step that was run with nothing to go on from.
  private func direct(_ text: String, _ step: String) throws -> [String] {
    let lab = try Lab(text)
    try lab.run(Self.only(step))
    return try digests(lab, step)
  }

  private func isSound(_ lab: Lab) throws {
    let check = try lab.workspace.bioarc("fsck", "--store", "cache")
    #expect(check.status == 0, "\(check.output)")
  }

  @Test func `the second thousand of steps is trained alone`() throws {
    let lab = try Lab(Self.pipeline("steps: 1000"))
    #expect(Self.losses(try lab.run(Self.only("net")), "net") == Array(stride(from: 10, through: 1000, by: 10)))
    let longer = Self.pipeline("steps: 2000")
    try lab.write(longer)
    #expect(Self.losses(try lab.run(Self.only("net")), "net") == Array(stride(from: 1010, through: 2000, by: 10)))
    #expect(try digests(lab, "net") == direct(longer, "net"))
    try isSound(lab)
  }

  @Test(arguments: ["", ", patience: 1"]) func `the new epoch is trained alone`(patience: String) throws {
    let lab = try Lab(Self.pipeline("steps: 9", tune: "epochs: 3" + patience))
    let first = try lab.run(Self.only("tune"))
    let longer = Self.pipeline("steps: 9", tune: "epochs: 4" + patience)
    try lab.write(longer)
    let more = try lab.run(Self.only("tune"))
    let direct = try Lab(longer)
    let whole = try direct.run(Self.only("tune"))
    for step in (1...3).map({ "tune[seed=\($0)]" }) {
      let epochs = Self.losses(whole, step)
      #expect(patience != "" || epochs == [1, 2, 3, 4])
      #expect(Self.losses(first, step) == epochs.filter { $0 <= 3 })
      // If patience ended the first training, there is nothing to add.
      #expect(Self.losses(more, step) == epochs.filter { $0 > 3 })
      #expect(try digests(lab, step) == digests(direct, step))
    }
  }

  /// A training without a fall, one that falls late, one that falls early: each begins where it parts from the others.
  @Test func `a decay branches off where it begins`() throws {
    let lab = try Lab(Self.pipeline("steps: 120, checkpoint-steps: [40]"))
    try lab.run(Self.only("net"))
    for (change, first) in [
      ("steps: 150, schedule: wsd, decay-from: 120, decay-steps: 30", 130),
      ("steps: 150, schedule: cosine, decay-from: 120, decay-steps: 20, decay-to: 0.1", 130),
      ("steps: 70, schedule: wsd, decay-from: 40, decay-steps: 30", 50),
      ("steps: 90, schedule: wsd, decay-from: 60, decay-steps: 30", 50),
      ("steps: 80, schedule: wsd, decay-from: 60, decay-steps: 20", 70),
    ] {
      let text = Self.pipeline(change)
      try lab.write(text)
      #expect(Self.losses(try lab.run(Self.only("net")), "net").first == first, "\(change)")
      #expect(try digests(lab, "net") == direct(text, "net"), "\(change)")
    }
    try isSound(lab)
  }

  /// The fall of a fine-tune begins after an epoch, whose steps the store does not know before it runs.
  @Test func `a decay in epochs branches off where it begins`() throws {
    let lab = try Lab(Self.pipeline("steps: 9", tune: "epochs: 2"))
    try lab.run(Self.only("tune"))
    for (change, epochs) in [
      ("epochs: 4, schedule: wsd, decay-from-epoch: 2, decay-epochs: 2", [3, 4]),
      // Another length of the fall, from the state that is kept where both begin.
      ("epochs: 4, schedule: cosine, decay-from-epoch: 2, decay-epochs: 1.5", [3, 4]),
      // A fall that has begun is extended as it is.
      ("epochs: 5, schedule: cosine, decay-from-epoch: 2, decay-epochs: 1.5", [5]),
      ("epochs: 3, schedule: cosine, decay-from-epoch: 1, decay-epochs: 2", [1, 2, 3]),
    ] {
      let text = Self.pipeline("steps: 9", tune: change)
      try lab.write(text)
      let events = try lab.run(Self.only("tune"))
      let direct = try Lab(text)
      try direct.run(Self.only("tune"))
      for step in (1...3).map({ "tune[seed=\($0)]" }) {
        #expect(Self.losses(events, step) == epochs, "\(change)")
        #expect(try digests(lab, step) == digests(direct, step), "\(change)")
      }
    }
    try isSound(lab)
  }

  /// Branches of one training in two workers, while all save as often as they can.
  @Test func `branches of one training run at once`() throws {
    let axes = "{ from: [100, 200, 300] }"
    let text = Self.pipeline(
      "steps: 320, schedule: wsd, decay-from: $from, decay-steps: 20, checkpoint-steps: [50, 100, 150, 200, 250]",
      axes: axes)
    let lab = try Lab(text)
    let events = try lab.run(Self.only("net") + ["-j", "2"])
    #expect(events.finished.filter { $0.hasPrefix("net") }.count == 3)
    #expect(events.failed == [])
    // The third starts when one of the others has ended.
    #expect(try #require(Self.losses(events, "net[from=300]").first) > 100)
    for from in [100, 200, 300] {
      let alone = try Lab(text)
      try alone.run(Self.only("net[from=\(from)]"))
      #expect(try digests(alone, "net[from=\(from)]") == digests(lab, "net[from=\(from)]"))
    }
    try isSound(lab)
  }

  /// A branch that is killed goes on from its own newest state, not from where it branched off.
  @Test(arguments: 0..<CrashTests.rounds) func `a killed branch goes on from its newest state`(_ round: Int) throws {
    let branch = { (steps: Int) in
      Self.pipeline(
        "steps: \(steps), schedule: wsd, decay-from: 60, decay-steps: 1000000, checkpoint-seconds: 1")
    }
    let midway = try Midway(branch, arguments: Self.only("net"), after: 60, pause: UInt32(round) * 70_000) { lab in
      try lab.write(Self.pipeline("steps: 60"))
      try lab.run(Self.only("net"))
    }
    let lab = midway.lab
    kill(midway.process.processIdentifier, SIGKILL)
    midway.process.waitUntilExit()
    midway.go()
    #expect(Waiting.until { CrashTests.workers(lab).isEmpty })
    let newest = try #require(lab.savedSteps.max())
    // A few steps more are enough, however long the training would be.
    let text = branch(newest + 15)
    try lab.write(text)
    let first = try #require(Self.losses(try lab.run(Self.only("net")), "net").first)
    #expect(first > newest && first <= newest + 10)
    #expect(try digests(lab, "net") == direct(text, "net"))
    try isSound(lab)
  }

  /// The state that a branch would begin with is damaged: it is moved aside, and the one before it is taken.
  @Test func `a damaged state is passed over`() throws {
    let lab = try Lab(Self.pipeline("steps: 80, checkpoint-steps: [40]"))
    try lab.run(Self.only("net"))
    let longer = Self.pipeline("steps: 100")
    try lab.write(longer)
    let state = try #require(lab.savedStates.first { $0.lastPathComponent.hasPrefix("80-") })
    var bytes = try Data(contentsOf: state)
    bytes[bytes.count / 2] ^= 1
    try FileManager.default.removeItem(at: state)
    try bytes.write(to: state)
    #expect(Self.losses(try lab.run(Self.only("net")), "net").first == 50)
    #expect(try digests(lab, "net") == direct(longer, "net"))
    let aside = try FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("cache/quarantine"))
    #expect(aside.count == 1)
    try isSound(lab)
  }

  @Test func `a schedule that makes a prefix unique is warned of`() throws {
    let lab = try Lab(Self.pipeline("steps: 1000, schedule: cosine, decay-steps: 1000"))
    let check = try lab.bioarc("check")
    #expect(check.status == 0)
    #expect(
      check.errors.contains(
        "small.yaml:8:92: warning: with 'schedule: cosine' from step 0 to the end a longer training shares nothing "
          + "with this one"), "\(check.errors)")
    #expect(check.errors.contains("'schedule: wsd' with 'decay-from: 900' would let it reuse 900 steps"))
    #expect(check.errors.components(separatedBy: "warning").count == 2, "once")
    try lab.write(Self.pipeline("steps: 1000, schedule: wsd, decay-from: 900, decay-steps: 100"))
    #expect(try lab.bioarc("check").errors == "")
    try lab.write(Self.pipeline("steps: 9", tune: "epochs: 6, schedule: cosine, decay-epochs: 6"))
    let tuning = try lab.bioarc("check").errors
    #expect(tuning.contains("from epoch 0 to the end a longer training shares nothing with this one"), "\(tuning)")
    #expect(tuning.contains("'schedule: wsd' with 'decay-from-epoch: 5' would let it reuse 5 epochs"), "\(tuning)")
  }
}
