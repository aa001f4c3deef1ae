import Foundation
import TestSupport
import Testing

/// A control group of this machine with little memory, removed with its owner.
final class SmallGroup: Sendable {
  private let folder: String

  /// nil where this user may not make one.
  init?(megabytes: Int) {
    let name = "/bioarc-test-\(UUID().uuidString)"
    for (parent, limit) in [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")] {
      guard mkdir(parent + name, 0o755) == 0 else { continue }
      if let file = FileHandle(forWritingAtPath: "\(parent)\(name)/\(limit)"),
        (try? file.write(contentsOf: Data("\(megabytes << 20)".utf8))) != nil
      {
        folder = parent + name
        return
      }
      rmdir(parent + name)
    }
    return nil
  }

  deinit {
    for _ in 0..<100 where rmdir(folder) != 0 { usleep(20_000) }
  }

  /// Makes `process` start in the group.
  func enclose(_ process: Process) {
    process.arguments =
      ["-c", "echo $$ > '\(folder)/cgroup.procs' && exec \"$0\" \"$@\"", process.executableURL!.path]
      + (process.arguments ?? [])
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
  }
}

/// Memory that runs out for real.
@Suite(.serialized) struct OutOfMemoryTests {
  private static let skipped = "skipped: no right to make a control group with a limit of memory"

  private func broken(_ events: Events) -> [(message: String, willRetry: Bool)] {
    events.all.compactMap { ($0["event"] as? [String: Any])?["stepBroken"] as? [String: Any] }.map {
      ($0["message"] as? String ?? "", $0["willRetry"] as? Bool ?? false)
    }
  }

  /// A command that the kernel kills for want of memory is told from others that are killed, and tried again.
  @Test func `a command that runs out of memory is tried again`() throws {
    guard let group = SmallGroup(megabytes: 300) else { return print(Self.skipped) }
    let lab = try Lab.ofParts(
      "1",
      """
      if [ ! -e HERE/tried ]; then : > HERE/tried; exec dd if=/dev/zero of=/dev/null bs=3G count=1; fi
      echo 1 > "$2"
      """)
    let process = lab.workspace.process(["run", "pipelines/small.yaml", "--json", "-j", "1"])
    group.enclose(process)
    let execution = try Workspace.finish(process)
    #expect(execution.status == 0, "\(execution.errors)")
    let events = Events(execution.output)
    #expect(events.finished == ["promoters", "rows[part=1]"])
    #expect(broken(events).map(\.willRetry) == [true])
    #expect(broken(events).first?.message.contains("out of memory") == true, "\(broken(events))")
  }

  /// Memory that ran out for somebody else, before a step began, is not the cause of the step's end.
  @Test func `memory that ran out for somebody else is no cause`() throws {
    guard let group = SmallGroup(megabytes: 20) else { return print(Self.skipped) }
    let lab = try Lab.ofParts(
      "1, 2",
      """
      : > HERE/began-$3
      if [ $3 = 1 ]; then while [ ! -e HERE/go ]; do sleep 0.05; done; else exec sleep 1000; fi
      echo 1 > "$2"
      """)
    let process = lab.workspace.process(["run", "pipelines/small.yaml", "--json", "-j", "1", "--retries", "0"])
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let hasBegun = { (part: Int) in
      Waiting.until { FileManager.default.fileExists(atPath: lab.workspace.path("began-\(part)")) }
    }
    #expect(hasBegun(1))
    let other = Process()
    other.executableURL = URL(fileURLWithPath: "/bin/dd")
    other.arguments = ["if=/dev/zero", "of=/dev/null", "bs=3G", "count=1"]
    group.enclose(other)
    try other.run()
    other.waitUntilExit()
    #expect(other.terminationReason == .uncaughtSignal && other.terminationStatus == SIGKILL)
    _ = FileManager.default.createFile(atPath: lab.workspace.path("go"), contents: nil)
    #expect(hasBegun(2))
    for worker in CrashTests.workers(lab) { kill(worker, SIGKILL) }
    let events = Events(String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
    process.waitUntilExit()
    #expect(broken(events).count == 1)
    #expect(broken(events).first?.message.hasPrefix("its worker was killed by signal 9") == true)
    #expect(broken(events).first?.message.contains("out of memory") == false, "\(broken(events))")
  }
}
