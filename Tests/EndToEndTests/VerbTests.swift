import Foundation
import TestSupport
import Testing

/// The verbs tell of results that are there, of steps that run, and of those that are to run.
@Suite(.serialized) struct VerbTests {
  /// A pipeline that has one training and a fine-tune of it.
  private static func training(_ pretrain: String, name: String = "small") -> String {
    """
    bioarc: 1
    name: \(name)
    stages:
      promoters: { stage: synthesize, with: { train: 120, dev: 40, test: 40, seed: 3 } }
      tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $promoters } }
      net:
        stage: pretrain
        with: { batch: 2, length: 16, warm-up: 4, held-out-batches: 1, \(pretrain) }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, architecture: c8-t8 }
    """
  }

  /// The contents of the events of one kind.
  private static func told(_ events: Events, _ kind: String) -> [[String: Any]] {
    events.all.compactMap { ($0["event"] as? [String: Any])?[kind] as? [String: Any] }
  }

  /// The steps after which a run told a loss.
  private static func losses(_ events: Events) -> [Int] {
    told(events, "metric").filter { $0["name"] as? String == "loss" }.compactMap { $0["at"] as? Int }
  }

  private static func json(_ execution: Execution) throws -> [[String: Any]] {
    let value = try JSONSerialization.jsonObject(with: Data(execution.output.utf8))
    return try #require(value as? [[String: Any]], "\(execution.output)\(execution.errors)")
  }

  /// Waits until something is so; a limit against hanging.
  private static func wait(until isTrue: () throws -> Bool) rethrows -> Bool {
    let deadline = Date().addingTimeInterval(300)
    while Date() < deadline {
      if try isTrue() { return true }
      usleep(20_000)
    }
    return false
  }

  // MARK: run

  /// A forced training takes no saved state, comes to the same bits, and takes nothing from later ones.
  @Test func `a forced training trains all its steps`() throws {
    let lab = try Lab(Self.training("steps: 40"))
    try lab.run()
    let (digests, states) = (try lab.digests(), lab.savedSteps.sorted())
    let forced = try lab.run(["--force", "net"])
    #expect(Self.losses(forced) == [10, 20, 30, 40])
    #expect(Self.told(forced, "stepStarted").map { $0["reason"] as? String } == ["forced"])
    #expect(Self.told(forced, "divergence").isEmpty && Self.told(forced, "stepResumed").isEmpty)
    #expect(try lab.digests() == digests && lab.savedSteps.sorted() == states)
    try lab.write(Self.training("steps: 60"))
    let longer = try lab.run()
    #expect(Self.losses(longer) == [50, 60])
    #expect(Self.told(longer, "stepResumed").map { $0["at"] as? Int } == [40])
    #expect(try lab.workspace.bioarc("fsck", "--store", "cache").status == 0)
  }

  /// A later training goes on from what a forced one leaves, even if nothing was kept before.
  @Test func `a forced training leaves its state`() throws {
    let lab = try Lab(Self.training("steps: 20"))
    try lab.run(["--force", "*"])
    #expect(lab.savedSteps == [20])
    try lab.write(Self.training("steps: 30"))
    #expect(Self.losses(try lab.run()) == [30])
  }

  /// Ids that are numbers start, and are listed, as numbers; in the store they stay in the order of their bytes.
  @Test func `numeric axes are in numeric order`() throws {
    let lab = try Lab.ofParts("100, 20, 3, 1000", "echo 1 > \"$2\"")
    let events = try lab.run(["-j", "1"])
    let steps = ["rows[part=3]", "rows[part=20]", "rows[part=100]", "rows[part=1000]"]
    #expect(Self.told(events, "stepStarted").compactMap { $0["step"] as? String } == ["promoters"] + steps)
    let listed = try Self.json(lab.bioarc("status", "--steps", "--json")).compactMap { $0["step"] as? String }
    #expect(listed == ["promoters"] + steps)
    #expect(try Self.json(lab.bioarc("show", "rows", "--json")).compactMap { $0["step"] as? String } == steps)
  }

  /// A run ends with a line for each training: one step's figure, the range and the best of an array.
  @Test func `a run ends with the figures of its trainings`() throws {
    let lab = try EditTests.copy()
    let plain = try lab.bioarc("run", "--force", "scores[k=2,architecture=t16]")
    let line = #/scores\[k=2,architecture=t16\]: [^\n]* s  dev mcc -?0\.\d+ \(-?0\.\d+ to /#
    #expect(plain.errors.contains(line), "\(plain.errors)")
    let range = #/scores: 4 results, dev mcc -?0\.\d+ to -?0\.\d+, the best of scores\[k=/#
    #expect(plain.output.contains(range), "\(plain.output)")
    #expect(plain.output.contains(#/supernet: 2 results, [a-z -]+ \d+\.\d+ to /#), "\(plain.output)")
    let again = try lab.bioarc("run").output
    #expect(again.contains("scores: 4 results, dev mcc"), "also where nothing ran: \(again)")
    #expect(!again.contains("promoters"))
  }

  // MARK: runs and status

  @Test func `steps and runs in progress are told`() throws {
    let lab = try Lab.ofParts("1, 2", "touch HERE/begun$3; while [ ! -e HERE/go ]; do sleep 0.05; done")
    let process = lab.workspace.process(["run", "pipelines/small.yaml", "-j", "1"])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer { kill(process.processIdentifier, SIGKILL) }
    #expect(Self.wait { FileManager.default.fileExists(atPath: lab.workspace.path("begun1")) })
    let runs = try lab.workspace.bioarc("runs", "--store", "cache").output
    #expect(runs.contains("running: ") && runs.contains("process \(process.processIdentifier)"), "\(runs)")
    let status = try lab.bioarc("status").output
    #expect(status.contains("of them running"), "\(status)")
    #expect(status.contains(#/rows\[part=1\]: running since \d{4}-\d\d-\d\d [\d:]+, by .*, process \d+/#), "\(status)")
    let steps = try Self.json(lab.bioarc("status", "--steps", "--json"))
    #expect(steps.map { $0["isRunning"] as? Bool } == [false, true, false])
    #expect(steps.map { $0["since"] is Double } == [false, true, false])
    #expect(try Self.json(lab.bioarc("status", "--json")).map { $0["running"] as? Int } == [0, 1])
    #expect(try Self.json(lab.workspace.bioarc("runs", "--store", "cache", "--json"))[0]["isRunning"] as? Bool == true)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(Self.wait { CrashTests.workers(lab).isEmpty })
    #expect(try lab.workspace.bioarc("runs", "--store", "cache").output.contains("was killed or lost"))
    #expect(try Self.json(lab.bioarc("status", "--steps", "--json")).allSatisfy { $0["isRunning"] as? Bool == false })
  }

  /// A run that its input stops has an end, and `runs` finds the store from the folder of pipelines.
  @Test func `a refused run is told with its end`() throws {
    let lab = try Lab(Self.training("steps: 20"))
    let text = """
      bioarc: 1
      name: small
      inputs:
        task: { path: task.csv, kind: labelled-sequences, format: csv }
      stages:
        tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $task } }

      """
    try lab.write(text)
    try lab.workspace.write("pipelines/task.csv", "sequence,label\nACGT,1\nACQT,0\n")
    let run = try lab.bioarc("run")
    #expect(run.status == 2 && run.errors.contains("task.csv:3:3"), "\(run.errors)")
    let listing = lab.workspace.process(["runs"])
    listing.currentDirectoryURL = URL(fileURLWithPath: lab.workspace.path("pipelines"))
    let runs = try Workspace.finish(listing)
    #expect(runs.status == 0 && runs.output.contains("refused: "), "\(runs.output)\(runs.errors)")
  }

  /// An interrupted training says how much of it is kept, and that it goes on from there.
  @Test func `an interrupted training says how much of it is kept`() throws {
    let lab = try Lab(Self.training("steps: 1000000, checkpoint-seconds: 1"))
    try lab.run(["--only", "tokens"])
    func interrupted(when isTime: () throws -> Bool) throws -> String {
      let process = lab.workspace.process(["run", "pipelines/small.yaml"])
      let errors = Pipe()
      process.standardOutput = FileHandle.nullDevice
      process.standardError = errors
      try process.run()
      let isDone = try Self.wait(until: isTime)
      #expect(isDone)
      kill(process.processIdentifier, SIGINT)
      let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 130)
      return text
    }
    _ = try interrupted { !lab.savedSteps.isEmpty }
    let kept = try #require(lab.savedSteps.max())
    let words = "interrupted, \(kept) of 1000000 steps kept"
    #expect(try lab.bioarc("status").output.contains("net: \(words)"))
    let row = try #require(Self.json(lab.bioarc("status", "--steps", "--json")).last)
    #expect(row["keptSteps"] as? Int == kept && row["totalSteps"] as? Int == 1_000_000)
    #expect(try lab.bioarc("show").output.contains(words))
    // Forced, it would begin anew.
    let started = try interrupted { (lab.savedSteps.max() ?? 0) > kept }
    #expect(started.contains("net: goes on from step \(kept) of 1000000"), "\(started)")
    let log = try lab.workspace.bioarc("log", "--store", "cache").output
    #expect(log.contains("net: goes on from step \(kept) of 1000000"), "\(log)")
  }

  // MARK: plan

  @Test func `a plan of new steps takes times of the same stage`() throws {
    let lab = try Lab(Self.training("steps: 20"))
    let empty = try lab.bioarc("plan").output
    #expect(empty.contains("3 steps will run\n") && !empty.contains("at most"), "\(empty)")
    try lab.run()
    // Another pipeline in the same store: its like has run there.
    try lab.write(Self.training("steps: 20, lr: 0.01, seed: 4", name: "other"))
    let other = try lab.bioarc("plan").output
    #expect(other.contains("1 step will run\n"), "\(other)")
    #expect(other.contains("nothing like 'net' has run here: the time is that of the same stage"), "\(other)")
    #expect(!other.contains("unknown"))
    let document = try JSONSerialization.jsonObject(with: Data(lab.bioarc("plan", "--json").output.utf8))
    let forecast = (document as? [String: Any])?["forecast"] as? [String: Any]
    #expect(forecast?["guessed"] as? [String] == ["net"])
  }

  /// The rest is expected of a training that goes on.
  @Test func `the plan of an extension expects the rest alone`() throws {
    let lab = try Lab(Self.training("steps: 1000"))
    try lab.run()
    func expected(_ text: String) throws -> Double {
      try lab.write(text)
      let document = try JSONSerialization.jsonObject(with: Data(lab.bioarc("plan", "--json").output.utf8))
      let rows = try #require((document as? [String: Any])?["stages"] as? [[String: Any]])
      return try #require(rows.last?["expectedSeconds"] as? Double)
    }
    let whole = try expected(Self.training("steps: 1000, seed: 9"))
    #expect(abs(try expected(Self.training("steps: 1500")) / whole - 0.5) < 1e-6)
    // A branch goes on from the end of the trunk.
    let branch = try expected(Self.training("steps: 1200, schedule: wsd, decay-from: 1000, decay-steps: 200"))
    #expect(abs(branch / whole - 0.2) < 1e-6)
  }

  // MARK: show and why without a step

  @Test func `show lists the results that there are`() throws {
    let lab = try EditTests.copy()
    let list = try lab.bioarc("show")
    #expect(list.status == 0)
    #expect(list.output.contains(#/ranking\.best +architecture +\d+ B +up to date/#), "\(list.output)")
    #expect(list.output.contains(#/tokens\[k=3\]\.tokenizer +tokenizer +[\d.]+ kB +up to date/#), "\(list.output)")
    let rows = try Self.json(lab.bioarc("show", "--json"))
    #expect(rows.contains { $0["step"] as? String == "space" && $0["output"] as? String == "architectures" })
    #expect(try lab.bioarc("show", "--rows", "1").output.contains("3 more steps of scores; --rows 0 lists all"))
    let nowhere = try Lab()
    #expect(try nowhere.bioarc("show").output.contains(#/promoters\.sequences +labelled-sequences +- +to run/#))
    #expect(!FileManager.default.fileExists(atPath: nowhere.workspace.path("cache")), "a look makes no store")
  }

  @Test func `one missing step hides nothing`() throws {
    let lab = try Lab()
    try lab.run(["--only", "scores[k=2]"])
    let shown = try lab.bioarc("show", "scores")
    #expect(shown.status == 1)
    #expect(shown.output.contains("scores[k=2,architecture=t16].metrics"))
    #expect(
      shown.errors.contains(
        "2 steps have no result yet: scores[k=3,architecture=c16-c16], scores[k=3,architecture=t16]"),
      "\(shown.errors)")
    let copied = try lab.bioarc("get", "tokens.tokenizer", "-o", "out")
    #expect(copied.status == 1 && copied.errors.contains("tokens[k=3] has no result yet"))
    #expect(FileManager.default.fileExists(atPath: lab.workspace.path("out/tokens[k=2].tokenizer")))
  }

  @Test func `why lists the steps that will run`() throws {
    let lab = try EditTests.copy()
    #expect(try lab.bioarc("why").output.hasSuffix("nothing to run\n"))
    let why = try lab.bioarc("why", "--set", "supernet.lr=0.01").output
    #expect(why.contains("supernet[k=2] (and 1 more of supernet) will run, because\n  lr  0.001 -> 0.01"), "\(why)")
    #expect(why.contains("ranking waits for 4 steps of scores"), "\(why)")
    #expect(why.contains("the cause is\n  supernet: lr  0.001 -> 0.01"), "\(why)")
    #expect(why.contains("2 steps will run, and at most 5 more"))
    let empty = try Lab()
    #expect(try empty.bioarc("why").output.contains("promoters will run: nothing like it has run"))
  }

  // MARK: Rankings

  /// On a terminal of any width, no line is wider, nothing is lost, and axes have their names.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script")), arguments: [50, 60, 80, 200])
  func `rankings fit the terminal`(_ width: Int) throws {
    let lab = try EditTests.original.get()
    let script = Process()
    script.executableURL = URL(fileURLWithPath: "/usr/bin/script")
    script.currentDirectoryURL = lab.workspace.folder
    script.environment = ProcessInfo.processInfo.environment.merging(["NO_COLOR": "1"]) { $1 }
    let command = "stty cols \(width) rows 50; '\(Repository.program.path)' show pipelines/small.yaml ranking.ranking"
    script.arguments = ["-qec", command, "/dev/null"]
    let lines = try Workspace.finish(script).output.replacing("\r\n", with: "\n").components(separatedBy: "\n")
    let table = try #require(lines.firstIndex { $0.hasPrefix("rank ") })
    #expect(lines[table...].allSatisfy { $0.count <= width }, "\(lines)")
    #expect(lines.contains("candidate: k, architecture"), "\(lines)")
    #expect(lines[table].contains("k") && lines[table].contains("architecture"), "\(lines)")
    #expect(lines.contains { $0.contains("95 % interval") } && lines.joined().contains("c16-c16"))
    #expect(lines.count { $0.hasPrefix("rank ") } == (width < 80 ? 2 : 1), "\(lines)")
  }

  /// A baseline that is one artifact is bound as it is.
  @Test func `one baseline needs no axis`() throws {
    let text =
      Lab.pipeline.replacing(
        "candidate: [k, architecture] } }", with: "candidate: [architecture] } }, baselines: $one.metrics"
      ).replacing("    for: { k: [2, 3] }\n", with: "").replacing("k: $k", with: "k: 2") + """

          one:
            stage: fine-tune
            with: { epochs: 1 }
            in: { tokenizer: $tokens.tokenizer, architecture: c16, task: $promoters }
        """
    let lab = try Lab(text)
    let check = try lab.bioarc("check")
    #expect(check.status == 0, "\(check.errors)")
    try lab.run()
    let table = try lab.bioarc("show", "ranking.ranking").output
    #expect(table.contains(#/\n- +c16 +/#), "\(table)")
    #expect(table.contains("of two candidates the better has +1 and the other -1 on every task"), "\(table)")
    #expect(try lab.bioarc("why", "ranking", "--not").status == 0)
    try lab.write(text.replacing("baselines: $one.metrics", with: "baselines: $scores.metrics"))
    let many = try lab.bioarc("check")
    #expect(
      many.errors.contains("write { from: $scores.metrics, over: { candidate: [architecture] } }"), "\(many.errors)")
  }

  /// Names of classes stand beside the counts, and an MCC of nothing is explained.
  @Test func `classes are shown by their names`() throws {
    let inputs = """
      inputs: { task: { path: ../task.csv, kind: labelled-sequences, format: csv, options: { split: split } } }
      stages:
      """
    let lab = try Lab(
      (Self.training("steps: 2") + """

          tune:
            stage: fine-tune
            with: { epochs: 1, lr: 1e-9, class-weights: none }
            in: { tokenizer: $tokens.tokenizer, architecture: c8, task: $task }
        """).replacing("stages:", with: inputs))
    var rows = "sequence,label,split\n"
    for number in 0..<150 {
      var state = UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15
      let letters = (0..<20).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return ["A", "C", "G", "T"][Int(state >> 62)]
      }.joined()
      let split = number < 90 ? "train" : number < 120 ? "dev" : "test"
      rows += "\(letters),\(number % 10 == 0 ? "rare" : "common"),\(split)\n"
    }
    try lab.workspace.write("task.csv", rows)
    try lab.run(["--only", "tune"])
    let json = try Self.json(lab.bioarc("show", "tune", "--json"))
    #expect((json[0]["content"] as? [String: Any])?["classes"] as? [String] == ["common", "rare"])
    let shown = try lab.bioarc("show", "tune").output
    #expect(shown.contains("predicted common  predicted rare"), "\(shown)")
  }
}
