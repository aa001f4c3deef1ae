import Artifacts
import Glibc
import JSON
import Plans
package import Stores
package import Syntax
import System
import Working

/// Tests a Slurm cluster: its commands, its settings, and with a job of its own that a node can do a worker's work.
package struct SlurmDoctor {
  private let store: Store
  private let program: String
  private let version: String
  /// The resources that the test job asks for.
  private let demand: Resources
  /// Seconds that the test job may wait and run.
  private let patience: Double
  private let report: (Check) -> Void

  package init(
    store: Store, program: String, version: String, demand: Resources, patience: Double,
    report: @escaping (Check) -> Void
  ) {
    self.store = store
    self.program = program
    self.version = version
    self.demand = demand
    self.patience = patience
    self.report = report
  }

  /// Looks at one thing after the other, and stops at a fault that makes the rest pointless.
  package func examine() throws {
    let missing = try ["sbatch", "squeue", "scancel", "scontrol", "sinfo"].filter { name in
      try ChildProcess.run(["/bin/sh", "-c", "command -v \(name)"], seconds: 10).status != 0
    }
    guard missing.isEmpty else { return tell("commands", false, "not in PATH: " + missing.joined(separator: ", ")) }
    let settings: SlurmSettings
    do { settings = try SlurmExecutor.settings() } catch { return tell("controller", false, "\(error)") }
    tell(
      "controller", true,
      "\(settings.version), cluster \(settings.cluster); arrays of up to \(settings.arraySize), jobs are shown for "
        + "\(settings.jobAge) s after their end")
    let partitions = try ChildProcess.run(
      ["sinfo", "--noheader", "--format=%P %a, %D nodes %t, %c cores, time limit %l"], seconds: 30)
    let lines = partitions.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    tell("partitions", !lines.isEmpty, lines.isEmpty ? partitions.message : lines.joined(separator: "; "))
    guard !lines.isEmpty else { return }
    let folder = try JobFolder(ofTestIn: store)
    defer { folder.removeAll() }
    try testJob(folder)
  }

  private func testJob(_ folder: JobFolder) throws {
    let files = Slurm.Files(folder: folder.path, label: "doctor")
    let question = "asked by process \(getpid()) at \(Clock.wall())"
    let worker = [program, "worker", "--store", folder.store, "--probe", "--tasks", "\(folder.path)/\(files.tasks)"]
    try folder.write(files.tasks, question)
    try folder.write(files.script, "#!/bin/sh\nexec \(worker.map(Slurm.quoted).joined(separator: " "))\n")
    let asked = Clock.wall()
    let shape = Slurm.Shape(name: "bioarc-doctor-\(getpid())", demand: demand)
    // From here on there is a job to be cancelled.
    let signals = try SignalPipe()
    let submitted = try ChildProcess.run(Slurm.submission(shape, files, count: 1), seconds: 60)
    guard submitted.status == 0, let job = Slurm.job(submitted.output) else {
      if Slurm.refusal(submitted) == .unclear {
        _ = try ChildProcess.run(Slurm.cancellation(named: shape.name), seconds: 30)
      }
      return tell("test job", false, "sbatch: \(submitted.message)")
    }
    let answer: Probe?
    do { answer = try wait(job, shape, files, folder, signals) } catch {
      _ = try? ChildProcess.run(Slurm.cancellation([job]), seconds: 30)
      throw error
    }
    guard let answer else { return }
    let seen = Clock.wall()
    tell(
      "test job", true,
      "ran on \(answer.host), \(Int(saturating: (seen - asked).rounded(.up))) s from its submission to its answer"
    )
    answer.checks(question, store: store, version: version, asked: asked, seen: seen).forEach(report)
  }

  /// The answer of the test job; nil, and told, when there is none.
  private func wait(
    _ job: Int, _ shape: Slurm.Shape, _ files: Slurm.Files, _ folder: JobFolder, _ signals: SignalPipe
  ) throws -> Probe? {
    let began = Clock.monotonic()
    var state = "was not seen"
    var goneSince: Double?
    var nextQuery = began
    while Clock.monotonic() - began < patience {
      // A signal cuts this short.
      usleep(500_000)
      if signals.take() > 0 { break }
      var offset = 0
      let lines = folder.read(files.replies(0), from: &offset).split(separator: UInt8(ascii: "\n"))
      if let answer = lines.lazy.compactMap({ JSONLines.decode(Probe.self, $0) }).first { return answer }
      if let goneSince, Clock.monotonic() - goneSince > Patience.limit {
        offset = 0
        let said = String(decoding: folder.read(files.log(0), from: &offset), as: UTF8.self)
        let words = said.split(whereSeparator: \.isNewline).suffix(5).joined(separator: " / ")
        let hint =
          words.isEmpty ? "no file of it is seen here: is \(folder.store) on a file system of all nodes?" : words
        tell("test job", false, "job \(job) \(state) and left no answer: \(hint)")
        return nil
      }
      guard goneSince == nil, Clock.monotonic() >= nextQuery else { continue }
      nextQuery = Clock.monotonic() + Self.interval
      let answer = try ChildProcess.run(Slurm.query([shape.name]), seconds: 60)
      guard answer.status == 0 else { continue }
      let row = SlurmRow.rows(answer.output).first { $0.job == job }
      if let row { state = row.phase == .ended ? row.ending : "is \(row.state) (\(row.reason))" }
      if row.map({ $0.phase == .ended }) ?? true { goneSince = Clock.monotonic() }
    }
    _ = try ChildProcess.run(Slurm.cancellation([job]), seconds: 30)
    tell("test job", false, "job \(job) \(state) after \(Int(Clock.monotonic() - began)) s, and was cancelled")
    return nil
  }

  /// Seconds between two questions to the cluster.
  private static let interval = 5.0

  private func tell(_ name: String, _ isGood: Bool, _ finding: String) {
    report(Check(name: name, isGood: isGood, finding: finding))
  }
}
