import Foundation
import TestSupport
import Testing

/// Runs and workers killed for real: nothing is left behind, nothing is lost, nothing must be cleaned.
@Suite(.serialized) struct CrashTests {
  /// A pretraining long enough to be killed in its middle, that saves its state as often as it can.
  static let pipeline = """
    bioarc: 1
    name: long
    stages:
      promoters: { stage: synthesize, with: { train: 200, dev: 40, test: 40 } }
      tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $promoters } }
      space: { stage: sample-space, with: { architectures: [c32-c64, t32-t64] } }
      supernet:
        stage: pretrain
        with: { steps: 600, batch: 32, length: 100, checkpoint-seconds: 1 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }
    """

  static let undisturbed: Result<[String: String], any Error> = Result {
    let lab = try Lab(pipeline)
    try lab.run()
    return try lab.digests()
  }

  /// Starts a run and returns it once pretraining has saved a state.
  private func started(_ lab: Lab) throws -> Process {
    let process = lab.workspace.process(["run", "pipelines/small.yaml"])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let deadline = Date().addingTimeInterval(120)
    while lab.savedSteps.isEmpty {
      #expect(Date() < deadline, "no segment was saved in two minutes")
      if Date() >= deadline { break }
      usleep(20_000)
    }
    return process
  }

  /// The processes of workers of this lab's store.
  static func workers(_ lab: Lab) -> [pid_t] {
    let folder = lab.workspace.folder.lastPathComponent
    return RunningProcess.all.filter { $0.words.contains("worker") && $0.workingFolder.hasSuffix(folder) }.map(\.pid)
  }

  private func expectNoWorkers(_ lab: Lab) {
    for _ in 0..<250 where !Self.workers(lab).isEmpty { usleep(20_000) }
    #expect(Self.workers(lab) == [])
  }

  private func expectContinued(_ lab: Lab) throws {
    let events = try lab.run()
    let first =
      events.all.compactMap { ($0["event"] as? [String: Any])?["metric"] as? [String: Any] }
      .filter { $0["step"] as? String == "supernet" }.compactMap { $0["at"] as? Int }.min() ?? 0
    #expect(first > 1, "pretraining began again")
    #expect(try lab.digests() == Self.undisturbed.get())
    let check = try lab.workspace.bioarc("fsck", "--store", "cache")
    #expect(check.status == 0, "\(check.output)")
  }

  /// `make stress` repeats the kills, each at another moment.
  static let rounds = ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1" ? 20 : 1

  @Test(arguments: 0..<rounds) func killedRun(_ round: Int) throws {
    let lab = try Lab(Self.pipeline)
    let process = try started(lab)
    usleep(UInt32(round) * 70_000)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    expectNoWorkers(lab)
    try expectContinued(lab)
  }

  @Test(arguments: 0..<rounds) func killedWorker(_ round: Int) throws {
    let lab = try Lab(Self.pipeline)
    let process = try started(lab)
    usleep(UInt32(round) * 70_000)
    let victims = Self.workers(lab)
    #expect(!victims.isEmpty)
    for worker in victims { kill(worker, SIGKILL) }
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "the run goes on with another worker")
    expectNoWorkers(lab)
    #expect(try lab.run().started == [])
    #expect(try lab.digests() == Self.undisturbed.get())
  }

  @Test func interruptedOnce() throws {
    let lab = try Lab(Self.pipeline)
    let process = try started(lab)
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    expectNoWorkers(lab)
    try expectContinued(lab)
  }

  @Test func interruptedTwice() throws {
    let lab = try Lab(Self.pipeline)
    let process = try started(lab)
    kill(process.processIdentifier, SIGINT)
    kill(process.processIdentifier, SIGINT)
    usleep(1000)
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    expectNoWorkers(lab)
    try expectContinued(lab)
  }

  @Test func flippedByteIsFoundAndComputedAgain() throws {
    let lab = try Lab(Self.pipeline)
    try lab.run(["--only", "space", "--only", "tokens"])
    let objects = lab.workspace.path("cache/objects")
    let paths = FileManager.default.enumerator(atPath: objects)?.compactMap { $0 as? String } ?? []
    var flipped = 0
    for path in paths.sorted() {
      let url = URL(fileURLWithPath: objects + "/" + path)
      guard let bytes = try? Data(contentsOf: url), bytes.count > 20 else { continue }
      var changed = bytes
      changed[bytes.count / 2] ^= 1
      try FileManager.default.removeItem(at: url)
      try changed.write(to: url)
      flipped += 1
    }
    #expect(flipped > 0)
    try lab.run(["--retries", "9"])
    #expect(try lab.digests() == Self.undisturbed.get())
  }
}
