import Foundation
import TestSupport
import Testing

/// The faults of a cluster, done for real.
extension SlurmTests {
  /// More steps than any machine trains during a test.
  static let endless = 100_000_000

  /// A pretraining over `k` that saves its state every second.
  static func training(steps: Int, k: String = "1", resources: String) -> String {
    """
    bioarc: 1
    name: long
    stages:
      promoters: { stage: synthesize, with: { train: 200, dev: 40, test: 40 } }
      tokens: { stage: tokenize, for: { k: [\(k)] }, with: { k: $k }, in: { sequences: $promoters } }
      space: { stage: sample-space, with: { architectures: [c32-c64, t32-t64] } }
      supernet:
        stage: pretrain
        with: { steps: \(steps), batch: 32, length: 100, checkpoint-seconds: 1 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }
        resources: \(resources)
    """
  }

  /// A run whose events can be read while it goes on.
  struct LiveRun {
    let process: Process
    private let file: URL

    init(_ process: Process, _ lab: Lab) throws {
      self.process = process
      file = lab.workspace.folder.appendingPathComponent("events-\(UUID().uuidString)")
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
      process.standardOutput = try FileHandle(forWritingTo: file)
      process.standardError = FileHandle.nullDevice
      try process.run()
    }

    var events: Events { Events((try? String(contentsOf: file, encoding: .utf8)) ?? "") }

    /// The payloads of all events of one kind about the pretraining.
    func events(_ kind: String) -> [[String: Any]] {
      events.all.compactMap { ($0["event"] as? [String: Any])?[kind] as? [String: Any] }
        .filter { ($0["step"] as? String)?.hasPrefix("supernet") == true }
    }

    /// Steps of training that were told so far, in the order of telling.
    var trained: [Int] { events("metric").filter { $0["name"] as? String == "loss" }.compactMap { $0["at"] as? Int } }

    /// Waits until `condition`; a failure of the test after `seconds`.
    func wait(_ what: Comment, until condition: () throws -> Bool) rethrows {
      var wasRunning = true
      let held = try Waiting.until {
        let isRunning = process.isRunning
        if try condition() { return true }
        wasRunning = isRunning
        return !isRunning
      }
      if !held || !wasRunning { Issue.record("waited in vain: \(what); \(events("stepBroken"))") }
    }
  }

  /// Workers that jobs run on this lab's store.
  func workers(_ lab: Lab) -> [pid_t] {
    let folder = lab.workspace.folder.lastPathComponent
    return RunningProcess.all.filter {
      let words = $0.words
      return words.count > 2 && words[1] == "worker" && words.contains { $0.contains(folder) }
    }.map(\.pid)
  }

  /// The node of the one running job.
  private func node() throws -> String {
    let running = try cluster.queue().first { $0.contains("RUNNING") }
    return String(try #require(running).split(separator: " ")[2])
  }

  /// Seconds for which the one running job has run.
  private func age() throws -> Int {
    let text = try cluster.command("squeue", "--noheader", "--states=RUNNING", "--format=%M")
    let parts = text.split(separator: "\n").first?.split(separator: ":").compactMap { Int($0) } ?? []
    return parts.reduce(0) { $0 * 60 + $1 }
  }

  /// One training meets a killed worker, a failed node, an administrator's scancel, a drained node and its time limit,
  /// which Slurm looks at every half minute; it gives the bytes of an undisturbed one.
  @Test func `a training survives all that can go wrong`() throws {
    let lab = try Lab(Self.training(steps: Self.endless, resources: "{ time: 1m }"))
    let run = try LiveRun(process(lab, ["--retries", "3"]), lab)
    let disturbances: [(name: String, mark: String, act: () throws -> Void)] = [
      ("killed worker", "ended as FAILED, signal 9", { for worker in workers(lab) { kill(worker, SIGKILL) } }),
      (
        "failed node", "was told to stop",
        {
          let node = try node()
          try cluster.command("scontrol", "update", "nodename=\(node)", "state=down", "reason=test")
          try cluster.command("scontrol", "update", "nodename=\(node)", "state=resume")
        }
      ),
      (
        "drained node", "was told to stop",
        {
          try cluster.command("scontrol", "update", "nodename=\(node())", "state=drain", "reason=test")
          try cluster.command("scancel", "--user=\(NSUserName())")
        }
      ),
    ]
    var drained = ""
    for (name, mark, act) in disturbances {
      let before = run.trained.count
      run.wait("training before \(name)") { run.trained.count > before && workers(lab).count == 1 }
      drained = try node()
      let broken = run.events("stepBroken").count
      try act()
      run.wait("\(name)") { run.events("stepBroken").count > broken }
      let message = run.events("stepBroken").last?["message"] as? String ?? ""
      #expect(message.contains(mark), "\(name): \(message)")
    }
    let trained = run.trained.count
    run.wait("training after a drained node") { run.trained.count > trained && workers(lab).count == 1 }
    #expect(try node() != drained, "a drained node gets no job")
    try cluster.command("scontrol", "update", "nodename=\(drained)", "state=resume")
    // The signal comes 10 to 40 s before the limit; until then the training rests, so that its length stays short.
    let worker = try #require(workers(lab).first)
    let broken = run.events("stepBroken").count
    kill(worker, SIGSTOP)
    try run.wait("the signal before the time limit") { try run.events("stepBroken").count > broken || age() >= 52 }
    kill(worker, SIGCONT)
    run.wait("time limit") { run.events("stepBroken").count > broken }
    let message = run.events("stepBroken").last?["message"] as? String ?? ""
    #expect(message.contains("was told to stop"))
    let lines = run.events("output").compactMap { $0["line"] as? String }
    #expect(!lines.contains { $0.contains("DUE TO TIME LIMIT") }, "the signal came before the limit")
    kill(run.process.processIdentifier, SIGINT)
    run.process.waitUntilExit()
    #expect(run.process.terminationStatus == 130)
    try expectNothingLeft(lab)
    // A few steps more end it.
    let text = Self.training(steps: try #require(lab.savedSteps.max()) + 15, resources: "{ time: 10m }")
    try lab.write(text)
    try self.run(lab)
    let undisturbed = try Lab(text)
    try undisturbed.run()
    #expect(try lab.digests() == undisturbed.digests())
  }

  /// Once: running jobs save their state, waiting ones are withdrawn. Twice: all are cancelled. The next run goes on.
  @Test func `an interrupted run leaves no job`() throws {
    let text = Self.training(steps: Self.endless, k: "1, 2, 3, 4, 5", resources: "{ cores: 4, time: 1h }")
    let lab = try Lab(text)
    for interrupts in 1...2 {
      let run = try LiveRun(process(lab), lab)
      run.wait("two trainings") {
        Set(run.events("metric").filter { $0["name"] as? String == "loss" }.compactMap { $0["step"] as? String }).count
          == 2
      }
      if interrupts == 2 { #expect((run.trained.min() ?? 0) > 1, "training began again") }
      #expect(try cluster.queue().contains { $0.contains("PENDING") })
      kill(run.process.processIdentifier, SIGINT)
      if interrupts == 2 {
        usleep(100_000)
        kill(run.process.processIdentifier, SIGINT)
      }
      run.process.waitUntilExit()
      #expect(run.process.terminationStatus == 130)
      if interrupts == 1 { #expect(run.events("stepInterrupted").count == 2) }
      try expectNothingLeft(lab)
      #expect(workers(lab) == [])
    }
    let check = try lab.workspace.bioarc("fsck", "--store", "cache")
    #expect(check.status == 0, "\(check.output)")
  }

  /// A controller that does not answer for a while is waited for; nothing is taken to be lost.
  @Test func `a controller that is silent is waited for`() throws {
    let lab = try Lab(Self.many(20))
    let before = cluster.calls.count
    let run = try LiveRun(process(lab), lab)
    run.wait("a submission") { cluster.calls.dropFirst(before).contains { $0.words[0] == "sbatch" } }
    let pid = try #require(
      pid_t(
        String(contentsOf: cluster.folder.appendingPathComponent("slurmctld.pid"), encoding: .utf8).split(
          separator: "\n")[0]))
    kill(pid, SIGSTOP)
    sleep(8)
    kill(pid, SIGCONT)
    run.process.waitUntilExit()
    #expect(run.process.terminationStatus == 0)
    #expect(run.events.finished.count == 20)
    #expect(run.events.started.count == 20)
    try expectNothingLeft(lab)
  }

  @Test func `doctor tells whether Slurm works`() throws {
    let lab = try Lab()
    let good = try lab.workspace.bioarc(
      "doctor", "--executor", "slurm", "--store", "cache", environment: cluster.environment)
    #expect(good.status == 0, "\(good.output)\(good.errors)")
    for line in ["controller: ", "partitions: main", "test job: ran on", "store on the node: ", "clock: "] {
      #expect(good.output.contains("ok    " + line), "\(good.output)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("cache/tmp")) == [])
    let bad = try lab.workspace.bioarc(
      "doctor", "--executor", "slurm", "--store", "cache", "--partition", "nowhere", environment: cluster.environment)
    #expect(bad.status == 1)
    #expect(bad.output.contains("bad   test job: sbatch: "), "\(bad.output)")
    let none = try lab.workspace.bioarc(
      "doctor", "--executor", "slurm", "--store", "cache", environment: ["PATH": "/bin0"])
    #expect(none.status == 1)
    #expect(none.output.contains("not in PATH: sbatch"), "\(none.output)")
  }
}
