import Foundation
import TestSupport
import Testing

/// Nothing of an own stage's command outlives the run, however the run ends.
@Suite(.serialized) struct OwnStageProcessTests {
  /// A command with a child in its group, and one that has left it and has no parent.
  static let script = """
    sleep 1000.BIOARC &
    setsid sh -c 'sleep 2000.BIOARC & sleep 0.1' &
    trap 'echo asked >> "$2"; exit 0' TERM
    echo "bioarc progress 1/2 naps"
    sleep 3000.BIOARC & wait
    """

  /// The numbers of seconds are unique to one test: by them its processes are found.
  private func lab(_ script: String = Self.script) throws -> (Lab, mark: String) {
    let mark = String(UInt32.random(in: 1_000_000 ... .max))
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      stages:
        promoters: { stage: synthesize, with: { train: 20, dev: 10, test: 10 } }
        rows: { stage: nap, in: { task: $promoters } }

      """)
    try lab.workspace.write(
      "stages/nap.yaml",
      """
      name: nap
      version: 1
      summary: Sleeps.
      inputs:
        task: { kinds: [labelled-sequences], help: Rows. }
      outputs:
        count: { kind: row-count, layout: file, help: The number. }
      command: [sh, "{code}/nap.sh", "{inputs}", "{outputs}/count"]
      code: [nap.sh]
      """)
    try lab.workspace.write("stages/nap.sh", script.replacing("BIOARC", with: mark))
    return (lab, mark)
  }

  private func processes(_ mark: String) -> [String] {
    RunningProcess.all.map { $0.words.joined(separator: " ") }.filter { $0.contains("sleep") && $0.contains(mark) }
  }

  /// Starts a run, and returns it once all naps have begun.
  private func started(_ lab: Lab, _ mark: String, naps: Int = 3) throws -> Process {
    let process = lab.workspace.process(["run", "pipelines/small.yaml", "--retries", "0"])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    #expect(Waiting.until { processes(mark).count == naps }, "\(processes(mark))")
    return process
  }

  @Test func `an interrupt asks the command and leaves nothing`() throws {
    let (lab, mark) = try lab()
    let process = try started(lab, mark)
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(processes(mark) == [])
    // It ended with code 0 once it was asked to: that is no result.
    #expect(try lab.bioarc("status", "--steps").output.contains("to run"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("cache/tmp")) == [])
  }

  @Test func `a second interrupt ends the command unasked`() throws {
    let (lab, mark) = try lab(Self.script.replacing("exit 0' TERM", with: "' TERM").replacing("& wait", with: ""))
    let process = try started(lab, mark)
    kill(process.processIdentifier, SIGINT)
    usleep(200_000)
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(Waiting.until { processes(mark) == [] }, "\(processes(mark))")
  }

  @Test func `processes that a command leaves behind are ended`() throws {
    let (lab, mark) = try lab("setsid sleep 1000.BIOARC & sleep 0.1; echo 1 > \"$2\"\n")
    #expect(try lab.run().finished == ["promoters", "rows"])
    #expect(processes(mark) == [])
  }

  enum Victim: Sendable, CaseIterable { case run, worker, runAndWorker, guardian, everyBioarc }

  @Test(arguments: Victim.allCases) func `a kill leaves no process behind`(_ victim: Victim) throws {
    let (lab, mark) = try lab()
    let process = try started(lab, mark)
    let workers = CrashTests.workers(lab)
    #expect(!workers.isEmpty)
    switch victim {
    case .run: kill(process.processIdentifier, SIGKILL)
    case .worker: kill(process.processIdentifier, SIGSTOP)
    case .runAndWorker: kill(process.processIdentifier, SIGKILL)
    case .guardian: break
    // As `pkill -9 bioarc` does.
    case .everyBioarc:
      let all = guards(of: workers) + workers + [process.processIdentifier]
      for pid in all where RunningProcess(pid).name == "bioarc" {
        kill(pid, SIGKILL)
      }
    }
    if victim == .worker || victim == .runAndWorker { for worker in workers { kill(worker, SIGKILL) } }
    if victim == .guardian { for pid in guards(of: workers) { kill(pid, SIGKILL) } }
    if victim == .guardian {
      process.waitUntilExit()
      #expect(process.terminationStatus == 1)
    }
    #expect(Waiting.until { processes(mark) == [] }, "\(processes(mark))")
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(Waiting.until { CrashTests.workers(lab) == [] })
  }

  /// The kernel ends a command whose worker cannot any more, and whose guard is gone.
  @Test func `a command ends without its guard and its worker`() throws {
    let (lab, mark) = try lab("exec sleep 1000.BIOARC\n")
    let process = try started(lab, mark, naps: 1)
    let workers = CrashTests.workers(lab)
    let guards = guards(of: workers)
    #expect(!guards.isEmpty)
    for pid in [process.processIdentifier] + workers { kill(pid, SIGSTOP) }
    for pid in guards { kill(pid, SIGKILL) }
    #expect(Waiting.until { processes(mark) == [] }, "\(processes(mark))")
    for pid in workers + [process.processIdentifier] { kill(pid, SIGKILL) }
    process.waitUntilExit()
  }

  /// A run ignores signals that it is to ignore from its beginning, as `nohup` says of a hang-up; its commands do
  /// not inherit that. Any other run ends as it would by Ctrl-C.
  @Test(arguments: [true, false]) func `a signal is ignored only by a run that began so`(_ isIgnored: Bool) throws {
    let (lab, _) = try lab()
    let here = lab.workspace.folder.path
    try lab.workspace.write(
      "stages/nap.sh",
      """
      grep SigIgn /proc/self/status > \(here)/ignored
      : > \(here)/began
      while [ ! -e \(here)/go ]; do sleep 0.05; done
      echo 1 > "$2"
      """)
    let process = lab.workspace.process(["run", "pipelines/small.yaml"])
    let trap = isIgnored ? "trap '' HUP INT; " : ""
    process.arguments = ["-c", trap + "exec \"$0\" \"$@\"", process.executableURL!.path] + process.arguments!
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    #expect(Waiting.until { FileManager.default.fileExists(atPath: here + "/began") })
    for number in [SIGHUP, SIGINT] where isIgnored || number == SIGHUP { kill(process.processIdentifier, number) }
    // A signal that is not ignored ends the command too.
    if isIgnored {
      usleep(300_000)
      _ = FileManager.default.createFile(atPath: here + "/go", contents: nil)
    }
    process.waitUntilExit()
    #expect(process.terminationStatus == (isIgnored ? 0 : 130))
    let ignored = try String(contentsOfFile: here + "/ignored", encoding: .utf8).split(whereSeparator: \.isWhitespace)
    // The two above are the C library's own.
    #expect(UInt64(ignored.last ?? "", radix: 16).map { $0 & 0x7fff_ffff } == 0, "\(ignored)")
  }

  /// A run takes the cores that it may use, not those of the machine.
  @Test func `a run takes the cores that it may use`() throws {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let allowed = try #require(status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") })
    let first = String(try #require(allowed.split(separator: "\t").last).prefix { $0.isNumber })
    let (lab, _) = try lab("echo 1 > \"$2\"\n")
    let process = lab.workspace.process(["run", "pipelines/small.yaml", "--json"])
    process.arguments =
      ["taskset", "-c", first, process.executableURL!.path] + process.arguments!
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let events = Events(try Workspace.finish(process).output)
    let started = events.all.compactMap { ($0["event"] as? [String: Any])?["runStarted"] as? [String: Any] }
    #expect(started.compactMap { $0["cores"] as? Int } == [1])
  }

  /// The processes between these workers and their commands.
  private func guards(of workers: [pid_t]) -> [pid_t] {
    RunningProcess.all.filter { $0.parent.map(workers.contains) == true }.map(\.pid)
  }
}
