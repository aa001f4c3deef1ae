import Foundation
import Synchronization
import TestSupport
import Testing

/// Runs and workers killed for real: nothing is left behind, nothing is lost, nothing must be cleaned.
@Suite(.serialized) struct CrashTests {
  /// A pretraining long enough to be killed in its middle, that saves its state as often as it can.
  static func pipeline(_ steps: Int) -> String {
    """
    bioarc: 1
    name: long
    stages:
      promoters: { stage: synthesize, with: { train: 200, dev: 40, test: 40 } }
      tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $promoters } }
      space: { stage: sample-space, with: { architectures: [c32-c64, t32-t64] } }
      supernet:
        stage: pretrain
        with: { steps: \(steps), batch: 32, length: 100, checkpoint-seconds: 1 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }
    """
  }

  private static let known = Mutex<[Int: [String: String]]>([:])

  /// The digests of an undisturbed run of so many steps; it is run once.
  static func undisturbed(_ steps: Int) throws -> [String: String] {
    if let digests = known.withLock({ $0[steps] }) { return digests }
    let lab = try Lab(pipeline(steps))
    try lab.run()
    let digests = try lab.digests()
    known.withLock { $0[steps] = digests }
    return digests
  }

  /// The processes of workers of this lab's store.
  static func workers(_ lab: Lab) -> [pid_t] {
    let folder = lab.workspace.folder.lastPathComponent
    return RunningProcess.all.filter { $0.words.contains("worker") && $0.workingFolder.hasSuffix(folder) }.map(\.pid)
  }

  private func expectNoWorkers(_ lab: Lab) {
    #expect(Waiting.until { Self.workers(lab).isEmpty })
  }

  private func expectContinued(_ midway: Midway) throws {
    let lab = midway.lab
    let events = try lab.run()
    let first =
      events.all.compactMap { ($0["event"] as? [String: Any])?["metric"] as? [String: Any] }
      .filter { $0["step"] as? String == "supernet" }.compactMap { $0["at"] as? Int }.min() ?? 0
    #expect(first > 1, "pretraining began again")
    #expect(try lab.digests() == Self.undisturbed(midway.steps))
    let check = try lab.workspace.bioarc("fsck", "--store", "cache")
    #expect(check.status == 0, "\(check.output)")
  }

  /// `make stress` repeats the kills, each at another moment.
  static let rounds = ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1" ? 20 : 1

  @Test(arguments: 0..<rounds) func `a run that was killed is continued by the next`(_ round: Int) throws {
    let midway = try Midway(Self.pipeline, pause: UInt32(round) * 70_000)
    kill(midway.process.processIdentifier, SIGKILL)
    midway.process.waitUntilExit()
    midway.go()
    expectNoWorkers(midway.lab)
    try expectContinued(midway)
  }

  @Test(arguments: 0..<rounds) func `a run goes on when its worker is killed`(_ round: Int) throws {
    let midway = try Midway(Self.pipeline, pause: UInt32(round) * 70_000)
    for worker in midway.workers { kill(worker, SIGKILL) }
    midway.process.waitUntilExit()
    #expect(midway.process.terminationStatus == 0, "the run goes on with another worker")
    expectNoWorkers(midway.lab)
    #expect(try midway.lab.run().started == [])
    #expect(try midway.lab.digests() == Self.undisturbed(midway.steps))
  }

  @Test func `a run that is interrupted stops and is continued`() throws {
    let midway = try Midway(Self.pipeline)
    kill(midway.process.processIdentifier, SIGINT)
    midway.go()
    midway.process.waitUntilExit()
    #expect(midway.process.terminationStatus == 130)
    expectNoWorkers(midway.lab)
    try expectContinued(midway)
  }

  @Test func `a run that is interrupted twice is continued too`() throws {
    let midway = try Midway(Self.pipeline)
    kill(midway.process.processIdentifier, SIGINT)
    kill(midway.process.processIdentifier, SIGINT)
    usleep(1000)
    kill(midway.process.processIdentifier, SIGINT)
    midway.go()
    midway.process.waitUntilExit()
    #expect(midway.process.terminationStatus == 130)
    expectNoWorkers(midway.lab)
    try expectContinued(midway)
  }

  @Test func `a flipped byte is found and its result computed again`() throws {
    let lab = try Lab(Self.pipeline(60))
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
    #expect(try lab.digests() == Self.undisturbed(60))
  }
}
