import Foundation
import TestSupport
import Testing

/// Edges of the machine around a run: file times, places without permission, a store that goes away,
/// limits, and own stages that print anything.
@Suite(.serialized) struct EdgeTests {
  // MARK: File times

  @Test(arguments: ["2262-04-11 23:47:17 UTC", "2446-05-10 22:38:55 UTC", "1901-12-14 00:00:00 UTC", "1969-12-31 UTC"])
  func `files of any time are read and kept`(_ time: String) throws {
    let workspace = try OwnCode.workspace("echo 1 > \"$1\"\n")
    try workspace.write("pipelines/one.yaml", StreamTests.pipeline)
    try workspace.write("pipelines/g.fa", ">a\nACGTACGT\n>b\nTTGCATGC\n")
    let touch = "find . -type f -exec touch -d '\(time)' {} +"
    for round in 0..<2 {
      #expect(try workspace.shell(touch).status == 0)
      for pipeline in ["one", "own"] {
        for verb in ["check", "run", "status", "plan"] {
          let run = try workspace.bioarc(verb, "pipelines/\(pipeline).yaml")
          #expect(run.status == 0, "round \(round), \(verb): \(run.status) \(run.errors)")
        }
      }
      #expect(try workspace.shell(touch).status == 0)
      for verb in ["fsck", "du", "gc --dry-run", "gc --yes --keep-days 0 --no-keep-newest", "runs", "log"] {
        let run = try workspace.shell("$B \(verb) --store cache")
        #expect(run.status == 0, "round \(round), \(verb): \(run.status) \(run.errors)")
      }
    }
    // An edit is seen, though the file bears the time that it had.
    try workspace.write("pipelines/g.fa", ">a\nACGTACGT\n>b\nTTGCATGG\n")
    #expect(try workspace.shell(touch).status == 0)
    #expect(try workspace.bioarc("run", "pipelines/one.yaml").errors.contains("1 step run"))
  }

  // MARK: Numbers

  @Test func `numbers of any size never crash the program`() throws {
    let workspace = try StreamTests.workspace()
    let large = "9223372036854775807"
    for (command, status) in [
      ("run pipelines/one.yaml --retries \(large) -j \(large)", 0),
      ("run pipelines/one.yaml --force '*' -j 100000", 0),
      ("gc --dry-run --keep-days \(large) --keep-runs \(large) --store cache", 0),
      ("gc --dry-run --grace-seconds 1e300 --free 999999TB --store cache", 0),
      ("runs -n \(large) --store cache", 0),
      ("run pipelines/one.yaml --poll nan", 2),
    ] {
      let run = try workspace.shell("$B \(command)")
      #expect(run.status == status, "\(command): \(run.status) \(run.errors)")
    }
    for seconds in ["-1", "0", "nan", "inf", "1e300", "x"] {
      let run = try workspace.bioarc(
        "run", "pipelines/one.yaml", "--force", "*", environment: ["BIOARC_LEASE_SECONDS": seconds])
      #expect(run.status == 0, "\(seconds): \(run.errors)")
    }
  }

  /// Values that no square of can be taken are named, with their row.
  @Test func `values out of range are named with their row`() throws {
    let workspace = try Workspace()
    let rows = { (scale: String) in
      (0..<90).map { row in
        let letters = (0..<24).map { Array("ACGT")[((row * 2_654_435_761) >> $0) & 3] }
        return "\(String(letters)),\(row % 7 + 1)\(scale),\(["train", "dev", "test"][row % 3])\n"
      }.joined()
    }
    try workspace.write(
      "pipelines/v.yaml",
      """
      bioarc: 1
      name: v
      inputs:
        task: { path: v.csv, kind: labelled-sequences, format: csv, options: { labels: value, split: split } }
      stages:
        tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $task } }
        ft:
          stage: fine-tune
          with: { epochs: 1, hold-out: 0.3 }
          in: { tokenizer: $tokens.tokenizer, architecture: c8, task: $task }

      """)
    for (scale, status) in [("e155", 2), ("e-155", 2), ("e99", 0), ("e-99", 0)] {
      try workspace.write("pipelines/v.csv", "sequence,label,split\n" + rows(scale))
      let run = try workspace.bioarc("run", "pipelines/v.yaml")
      #expect(run.status == status, "\(scale): \(run.status) \(run.errors)")
      if status == 2 {
        #expect(run.errors.contains("v.csv:2:") && run.errors.contains("out of range"), "\(run.errors)")
      }
      if status == 0 {
        let shown = try workspace.bioarc("show", "pipelines/v.yaml", "ft")
        #expect(shown.status == 0, "\(shown.errors)")
      }
    }
  }

  // MARK: Places without permission

  /// Runs the program as a user who may write nothing here; nil where this user cannot become another.
  private func powerless(_ workspace: Workspace, _ arguments: String) throws -> Execution? {
    guard geteuid() == 0, try workspace.shell("command -v setpriv").status == 0 else { return nil }
    let program = "/tmp/bioarc-\(UUID().uuidString)"
    defer { _ = try? workspace.shell("rm -f \(program)") }
    // The program's own place may not be for everybody.
    let script = """
      cp "$B" \(program) && chmod 755 \(program) && chmod -R a+rX,go-w . && \
      setpriv --reuid=4002 --regid=4002 --clear-groups \(program) \(arguments)
      """
    return try workspace.shell(script)
  }

  @Test func `questions write nothing and need no permission`() throws {
    let workspace = try StreamTests.workspace()
    let files = { FileManager.default.enumerator(atPath: workspace.folder.path)?.compactMap { "\($0)" }.sorted() ?? [] }
    let before = files()
    #expect(try workspace.bioarc("check", "pipelines/one.yaml").status == 0)
    let shown = try workspace.bioarc("show", "pipelines/one.yaml", "tokens")
    #expect(shown.status == 1 && shown.errors.contains("has no result yet"), "\(shown.errors)")
    #expect(files() == before, "a question has written")
    guard let check = try powerless(workspace, "check pipelines/one.yaml") else {
      return print("skipped: this user cannot become another")
    }
    #expect(check.status == 0, "\(check.errors)")
    #expect(try powerless(workspace, "show pipelines/one.yaml tokens")?.errors.contains("has no result yet") == true)
    #expect(try workspace.bioarc("run", "pipelines/one.yaml").status == 0)
    for verb in [
      "check pipelines/one.yaml", "show pipelines/one.yaml tokens", "status pipelines/one.yaml",
      "why pipelines/one.yaml tokens", "plan pipelines/one.yaml", "gc --dry-run --store cache", "du --store cache",
      "runs --store cache", "log --store cache", "cat pipelines/one.yaml tokens.tokenizer",
    ] {
      let run = try powerless(workspace, verb)
      #expect(run?.status == 0, "\(verb): \(run?.errors ?? "")")
    }
  }

  // MARK: A store that goes away

  @Test func `a store that is removed under a run ends it`() throws {
    let workspace = try OwnCode.workspace(
      "if [ -e ../go ]; then echo 1 > \"$1\"; else : > '\("HERE")/began'; exec sleep 1000; fi\n")
    let script = try String(contentsOfFile: workspace.path("stages/code"), encoding: .utf8)
    try workspace.write(
      "stages/code",
      script.replacing("HERE", with: workspace.folder.path).replacing("../go", with: workspace.path("go")))
    let began = workspace.path("began")
    let process = workspace.process(["run", "pipelines/own.yaml"])
    let errors = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    while process.isRunning, !FileManager.default.fileExists(atPath: began) { usleep(10_000) }
    try FileManager.default.removeItem(atPath: workspace.path("cache"))
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 1, "\(said)")
    #expect(said.contains("the store was removed while it was in use"), "\(said)")
    #expect(said.split(separator: "\n").count < 5, "it is said once: \(said)")
    try workspace.write("go", "")
    let again = try workspace.bioarc("run", "pipelines/own.yaml")
    #expect(again.status == 0, "\(again.errors)")
  }

  /// A folder that a run makes while its store is removed does not keep the next from making a store there.
  @Test func `the remains of a removed store become a store`() throws {
    let workspace = try OwnCode.workspace("echo 1 > \"$1\"\n")
    #expect(try workspace.bioarc("run", "pipelines/own.yaml").status == 0)
    try FileManager.default.removeItem(atPath: workspace.path("cache/FORMAT"))
    let again = try workspace.bioarc("run", "pipelines/own.yaml")
    #expect(again.status == 0, "\(again.errors)")
    #expect(try workspace.bioarc("fsck", "--store", "cache").status == 0)
    // A folder with something else in it is none.
    try FileManager.default.removeItem(atPath: workspace.path("cache/FORMAT"))
    try workspace.write("cache/results/figure.png", "")
    let refused = try workspace.bioarc("run", "pipelines/own.yaml")
    #expect(refused.status == 2 && refused.errors.contains("it holds 'results'"), "\(refused.errors)")
  }

  // MARK: Limits

  @Test func `a limit on the address space is want of memory`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      stages:
        promoters: { stage: synthesize, with: { train: 120, dev: 40, test: 40 } }
        tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $promoters } }
        scores:
          stage: fine-tune
          with: { epochs: 1 }
          in: { tokenizer: $tokens.tokenizer, architecture: c8192-c8192, task: $promoters }

      """)
    let run = try lab.workspace.shell("ulimit -v 3000000; $B run pipelines/small.yaml -j 1 --retries 1")
    #expect(run.status == 1, "\(run.errors)")
    #expect(run.errors.contains("out of memory: failed to allocate"), "\(run.errors)")
    #expect(run.errors.contains("trying again"), "\(run.errors)")
    #expect(!run.errors.contains("0x0000") && !run.errors.contains("Current stack"), "\(run.errors)")
  }
}
