import Foundation
import Synchronization
import TestSupport
import Testing

/// A run whose training is stopped in its middle, on a machine of any speed: the training is made longer until it is
/// found unfinished after it has saved a state.
struct Midway {
  let lab: Lab
  let process: Process
  /// The number of steps that the training turned out to need.
  let steps: Int
  /// The stopped workers; `go` lets them go on.
  let workers: [pid_t]

  /// Starts a run of `text(steps)`, whose training of `steps` saves its state as often as it can, and stops its workers
  /// once a state later than `begin` was saved, `pause` microseconds later.
  init(
    _ text: (_ steps: Int) -> String, arguments: [String] = [], after begin: Int = 0, pause: UInt32 = 0,
    environment: [String: String] = [:], prepare: (Lab) throws -> Void = { _ in }
  ) throws {
    for steps in sequence(first: 600, next: { $0 * 4 }) {
      let lab = try Lab(text(steps))
      try prepare(lab)
      try lab.write(text(steps))
      let process = lab.workspace.process(["run", "pipelines/small.yaml"] + arguments, environment: environment)
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      try #require(Waiting.until { (lab.savedSteps.max() ?? 0) > begin }, "no state was saved")
      usleep(pause)
      let workers = CrashTests.workers(lab)
      for worker in workers { kill(worker, SIGSTOP) }
      if lab.savedSteps.max().map({ $0 < steps }) == true, !workers.isEmpty {
        self.lab = lab
        self.process = process
        self.steps = steps
        self.workers = workers
        return
      }
      for worker in workers { kill(worker, SIGKILL) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(Waiting.until { CrashTests.workers(lab).isEmpty })
    }
    preconditionFailure("the sequence of steps has no end")
  }

  func go() {
    for worker in workers { kill(worker, SIGCONT) }
  }
}
