import Foundation
import TestSupport
import Testing

/// A cluster that answers badly, and jobs that end badly.
extension SlurmTests {
  /// A run of `lab` with an `sbatch` that does `first` when it is called first and then `later`; `$real` is Slurm's.
  private func process(_ lab: Lab, first: String, later: String = "exec \"$real\" \"$@\"") throws -> Process {
    try lab.workspace.write(
      "bin/sbatch",
      """
      #!/bin/sh
      real='\(cluster.folder.path)/bin/sbatch'
      cd '\(lab.workspace.folder.path)'
      if mkdir called 2>/dev/null; then \(first); else \(later); fi

      """)
    #expect(chmod(lab.workspace.path("bin/sbatch"), 0o755) == 0)
    let process = process(lab)
    let path = process.environment?["PATH"] ?? ""
    process.environment?["PATH"] = lab.workspace.path("bin") + ":" + path
    return process
  }

  private func broken(_ events: Events) -> [(message: String, willRetry: Bool)] {
    events.all.compactMap { ($0["event"] as? [String: Any])?["stepBroken"] as? [String: Any] }.map {
      ($0["message"] as? String ?? "", $0["willRetry"] as? Bool ?? false)
    }
  }

  /// An sbatch that is killed before it has answered, as one is that takes too long: the cluster has the job all the
  /// same, and it is neither given up nor submitted again.
  @Test func `a submission without an answer is not repeated`() throws {
    let lab = try Lab(Self.many(3))
    let before = cluster.calls.count
    let execution = try Workspace.finish(process(lab, first: "\"$real\" \"$@\" >/dev/null; kill -9 $$"))
    #expect(execution.status == 0, "\(execution.errors)")
    #expect(Events(execution.output).finished.count == 3)
    #expect(execution.output.contains("killed by signal 9; asking the cluster whether it has the job"))
    #expect(cluster.calls.dropFirst(before).count { $0.words[0] == "sbatch" } == 1)
    try expectNothingLeft(lab)
  }

  /// A node that does not see what this host has written says so, and the step is tried again.
  @Test func `a step whose pre-image is not seen is tried again`() throws {
    let lab = try Lab(Self.many(1))
    let execution = try Workspace.finish(
      process(
        lab, first: "mv cache/preimages cache/hidden; exec \"$real\" \"$@\"",
        later: "mv cache/hidden cache/preimages; exec \"$real\" \"$@\""))
    #expect(execution.status == 0, "\(execution.errors)")
    let events = Events(execution.output)
    #expect(broken(events).map(\.willRetry) == [true])
    #expect(broken(events).first?.message.hasPrefix("no pre-image of ") == true, "\(broken(events))")
    #expect(events.finished.count == 1)
  }

  /// A run that was killed leaves files for its jobs, which go on; a later run removes them.
  @Test func `files of a killed run are removed by a later one`() throws {
    let lab = try Lab(Self.many(3))
    let before = cluster.calls.count
    let run = try LiveRun(process(lab), lab)
    run.wait("a submission") { cluster.calls.dropFirst(before).contains { $0.words[0] == "sbatch" } }
    kill(run.process.processIdentifier, SIGKILL)
    run.process.waitUntilExit()
    try wait("the end of its jobs") { try cluster.queue().isEmpty }
    let left = try FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("cache/runs"))
    #expect(left.contains { FileManager.default.fileExists(atPath: lab.workspace.path("cache/runs/\($0)/jobs")) })
    try lab.write(Self.many(4))
    try self.run(lab)
  }

  /// Ctrl-C takes the test job back.
  @Test func `an interrupted doctor takes its test job back`() throws {
    let lab = try Lab()
    try cluster.command("scontrol", "update", "nodename=n1", "state=drain", "reason=test")
    defer { _ = try? cluster.command("scontrol", "update", "nodename=n1", "state=resume") }
    let process = lab.workspace.process(
      ["doctor", "--executor", "slurm", "--store", "cache", "--partition", "single"], environment: cluster.environment)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    try wait("the test job") { try !cluster.queue().isEmpty }
    kill(process.processIdentifier, SIGINT)
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    #expect(said.contains(" s, and was cancelled"), "\(said)")
    try wait("the end of the test job") { try cluster.queue().isEmpty }
  }

  // MARK: Own stages

  private func wait(_ what: Comment, until condition: () throws -> Bool) rethrows {
    if try !Waiting.until(condition) { Issue.record("waited in vain: \(what)") }
  }

  /// A step that was lost on the only node there is for it is tried there again; nodes that the file excludes
  /// stay excluded.
  @Test func `a step lost on the only node is tried there again`() throws {
    let lab = try Lab.ofParts(
      "1", resources: "{ partition: single, extra: [-xn2] }",
      "if [ ! -e HERE/tried ]; then : > HERE/tried; exec sleep 1000; fi; echo 1 > \"$2\"\n")
    let before = cluster.calls.count
    let run = try LiveRun(process(lab), lab)
    wait("the first attempt") { FileManager.default.fileExists(atPath: lab.workspace.path("tried")) }
    for worker in workers(lab) { kill(worker, SIGKILL) }
    run.process.waitUntilExit()
    #expect(run.process.terminationStatus == 0)
    #expect(broken(run.events).map(\.willRetry) == [true])
    let submissions = cluster.calls.dropFirst(before).map(\.words).filter { words in
      words[0] == "sbatch" && words.contains { $0.hasPrefix("--job-name=rows-") }
    }
    let excluded = submissions.map { $0.filter { $0.hasPrefix("--exclude") || $0.hasPrefix("-x") } }
    #expect(excluded == [["-xn2"], ["--exclude=n1,n2"], ["-xn2"]])
    try expectNothingLeft(lab)
  }

  /// A second interrupt while sbatch hangs: the job that it has submitted is cancelled, though nobody was told its
  /// number.
  @Test func `an interrupt cancels a job whose submission hangs`() throws {
    let lab = try Lab.ofParts("1", "exec sleep 1000\n")
    try lab.run(["--only", "promoters"])
    let process = try process(lab, first: "\"$real\" \"$@\" >/dev/null; : > submitted; sleep 1000")
    let run = try LiveRun(process, lab)
    wait("a submission") { FileManager.default.fileExists(atPath: lab.workspace.path("submitted")) }
    #expect(try !cluster.queue().isEmpty)
    // Twice or more: on a busy machine two signals may come as one.
    while run.process.isRunning {
      kill(run.process.processIdentifier, SIGINT)
      usleep(200_000)
    }
    run.process.waitUntilExit()
    #expect(run.process.terminationStatus == 130)
    try expectNothingLeft(lab)
  }

  /// One of two running steps fails, so that nothing more is to start; the end of the other is told all the same.
  @Test(arguments: ["well", "badly"]) func `steps that still run after a failure are told`(_ end: String) throws {
    let lab = try Lab.ofParts(
      "1, 2", resources: "{}",
      """
      : > HERE/began-$3
      while [ ! -e HERE/go-$3 ]; do sleep 0.05; done
      if [ $3 = 1 ]; then exit 1; fi
      echo 1 > "$2"
      """)
    let run = try LiveRun(process(lab), lab)
    let go = { (part: Int) in
      _ = FileManager.default.createFile(atPath: lab.workspace.path("go-\(part)"), contents: nil)
    }
    let hasBegun = { (part: Int) in FileManager.default.fileExists(atPath: lab.workspace.path("began-\(part)")) }
    wait("both") { hasBegun(1) && hasBegun(2) }
    _ = go(1)
    wait("a failure") { !broken(run.events).isEmpty }
    let calls = cluster.calls.count
    wait("questions to Slurm") { cluster.calls.count > calls + 2 }
    if end == "well" { _ = go(2) } else { for worker in workers(lab) { kill(worker, SIGKILL) } }
    run.process.waitUntilExit()
    #expect(run.process.terminationStatus == 1)
    #expect(run.events.finished == (end == "well" ? ["promoters", "rows[part=2]"] : ["promoters"]))
    let said = broken(run.events).map(\.message)
    #expect(said.count == (end == "well" ? 1 : 2), "\(said)")
    if end == "badly" { #expect(said.last?.contains("ended as FAILED, signal 9") == true, "\(said)") }
    try expectNothingLeft(lab)
  }
}
