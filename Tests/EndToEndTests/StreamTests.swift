import Foundation
import TestSupport
import Testing

extension Workspace {
  /// Runs a script of bash in the workspace's folder to its end; `$B` is the built program.
  func shell(_ script: String) throws -> Execution {
    let process = process([], environment: ["B": Repository.program.path])
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", script]
    return try Self.finish(process)
  }
}

/// Standard streams that are closed, full or a pipe; inputs that are no plain files.
@Suite(.serialized) struct StreamTests {
  /// One step on one input.
  static let pipeline = """
    bioarc: 1
    name: one
    params: { file: g.fa }
    inputs:
      data: { path: $file, kind: sequences, format: fasta }
    stages:
      tokens: { stage: tokenize, with: { k: 1 }, in: { sequences: $data } }

    """

  static func workspace() throws -> Workspace {
    let workspace = try Workspace()
    try workspace.write("pipelines/one.yaml", pipeline)
    try workspace.write("pipelines/g.fa", ">a\nACGTACGT\n>b\nTTGCATGC\n")
    return workspace
  }

  /// The steps that have a result, whatever became of the run's output.
  private func digest(_ workspace: Workspace, _ step: String = "tokens.tokens") throws -> String {
    let shown = try workspace.bioarc("show", "pipelines/one.yaml", step)
    #expect(shown.status == 0, "\(shown.errors)")
    return shown.output
  }

  @Test(arguments: ["<&- >&- 2>&-", ">&- 2>&-", "<&-", "2>&-"])
  func `a run with closed streams has the same results`(_ closed: String) throws {
    let lab = try Lab()
    let run = try lab.workspace.shell("$B run pipelines/small.yaml -j 1 \(closed)")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try lab.digests() == FaultTests.undisturbed.get())
    let check = try lab.workspace.bioarc("fsck", "--store", "cache")
    #expect(check.status == 0, "\(check.output)")
    #expect(!FileManager.default.fileExists(atPath: lab.workspace.path("cache/quarantine")))
  }

  @Test func `a full output device is told and loses no result`() throws {
    let workspace = try Self.workspace()
    for arguments in ["run pipelines/one.yaml --json", "run pipelines/one.yaml --force '*' --json"] {
      let run = try workspace.shell("$B \(arguments) > /dev/full")
      #expect(run.status == 1 && run.errors.contains("cannot write to standard output: No space left"), "\(run.errors)")
    }
    #expect(try digest(workspace).contains("train.tokens             2"))
    for verb in [
      "status pipelines/one.yaml", "show pipelines/one.yaml tokens.tokens", "stages", "--help", "show --help",
      "--version", "schema", "cat pipelines/one.yaml tokens.tokenizer",
    ] {
      let said = try workspace.shell("$B \(verb) > /dev/full")
      #expect(said.status == 1, "\(verb)")
      #expect(said.errors.contains("cannot write to standard output: No space left"), "\(verb): \(said.errors)")
      let read = try workspace.shell("set -o pipefail; $B \(verb) | true")
      #expect(read.errors.isEmpty, "a reader that is gone is no error: \(verb): \(read.errors)")
    }
  }

  /// A pipeline comes through any stream; its paths are as of a file in the working directory.
  @Test(arguments: [
    "cat one.yaml | $B VERB /dev/stdin", "cat one.yaml | $B VERB -", "$B VERB - < one.yaml",
    "$B VERB /dev/stdin < one.yaml", "$B VERB <(cat one.yaml)",
    "(head -c 30 one.yaml; sleep 0.2; tail -c +31 one.yaml) | $B VERB -",
  ])
  func `a pipeline may come through any stream`(_ command: String) throws {
    let workspace = try Self.workspace()
    for verb in ["check", "run", "status", "plan", "graph"] {
      let run = try workspace.shell("cd pipelines; " + command.replacing("VERB", with: verb))
      #expect(run.status == 0, "\(verb): \(run.errors)")
    }
    #expect(try workspace.bioarc("run", "pipelines/one.yaml").errors.contains("nothing to run"), "one store")
    let bad = try workspace.shell("echo 'bioarc: 2' | $B run -")
    #expect(bad.status == 2 && bad.errors.contains("-:1:9"), "\(bad.errors)")
    #expect(try workspace.shell("cd pipelines; $B plan - -o x.plan < one.yaml").status == 2)
  }

  @Test(arguments: ["gzip -c g.fa", "cat g.fa", "cat ../large.fa"])
  func `an input may come through a pipe`(_ writer: String) throws {
    let workspace = try Self.workspace()
    try workspace.write("large.fa", (0..<4000).map { ">r\($0)\n\(String(repeating: "ACGT", count: 50))\n" }.joined())
    let inputs = ["check", "plan", "run"].map { "$B \($0) one.yaml --set file=<(\(writer))" }
    for command in inputs {
      let run = try workspace.shell("cd pipelines; \(command)")
      #expect(run.status == 0, "\(command): \(run.errors)")
    }
    let file = writer.split(separator: " ").last!
    let plain = try workspace.bioarc("run", "pipelines/one.yaml", "--set", "file=pipelines/\(file)")
    #expect(plain.errors.contains("nothing to run"), "the content counts, not the way: \(plain.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: workspace.path("cache/tmp")) == [])
  }

  /// Nothing waits for somebody who never writes.
  @Test func `inputs that are no files are refused at once`() throws {
    let workspace = try Self.workspace()
    try workspace.write("stages/own.yaml", OwnCode.declaration)
    try workspace.write("pipelines/own.yaml", OwnCode.pipeline)
    let made = try workspace.shell("mkfifo fifo pipelines/fifo.yaml stages/code")
    #expect(made.status == 0)
    for (arguments, words) in [
      ("check pipelines/one.yaml --set file=fifo", "is a pipe that has no bytes"),
      ("run pipelines/one.yaml --set file=fifo", "is a pipe that has no bytes"),
      ("run pipelines/one.yaml --set file=/dev/zero", "is a device"),
      ("check pipelines/fifo.yaml", "the file is empty"),
      ("run pipelines/own.yaml", "is a pipe: code is plain files"),
    ] {
      let run = try workspace.shell("timeout 60 $B \(arguments)")
      #expect(run.status == 2 && run.errors.contains(words), "\(arguments): \(run.status) \(run.errors)")
    }
  }

  /// The content of the member that is read decides, not how the archive is packed.
  @Test func `an archive that is packed again reruns nothing`() throws {
    let workspace = try Self.workspace()
    let pack = { (method: String) in
      try workspace.shell(
        """
        python3 -c 'import zipfile; z = zipfile.ZipFile("g.zip", "w", zipfile.\(method)); \
        z.write("pipelines/g.fa", "in/g.fa"); z.writestr("other", "\(method)"); z.close()'
        """)
    }
    guard try pack("ZIP_STORED").status == 0 else { return print("skipped: no Python") }
    let pipeline = Self.pipeline.replacing("format: fasta", with: "format: fasta, options: { member: in/g.fa }")
    try workspace.write("pipelines/one.yaml", pipeline)
    let set = ["--set", "file=g.zip"]
    for verb in ["check", "run"] {
      let run = try Workspace.finish(workspace.process([verb, "pipelines/one.yaml"] + set))
      #expect(run.status == 0, "\(run.errors)")
    }
    let first = try Workspace.finish(workspace.process(["show", "pipelines/one.yaml", "tokens.tokens"] + set)).output
    #expect(first.contains("train.tokens             2"))
    #expect(try pack("ZIP_DEFLATED").status == 0)
    let again = try Workspace.finish(workspace.process(["run", "pipelines/one.yaml"] + set))
    #expect(again.status == 0 && again.errors.contains("nothing to run"), "\(again.errors)")
    try workspace.write("pipelines/one.yaml", pipeline.replacing("in/g.fa", with: "g.fa"))
    let lacking = try Workspace.finish(workspace.process(["check", "pipelines/one.yaml"] + set))
    #expect(
      lacking.status == 2 && lacking.errors.contains("no member `g.fa`; it has in/g.fa, other"), "\(lacking.errors)")
  }

  // MARK: Terminals

  /// NO_COLOR is about colours; and after the summary of a run that was stopped nothing is drawn.
  @Test func `live lines have no colours and end with the run`() throws {
    let workspace = try OwnCode.workspace(
      """
      trap '' TERM
      for i in 1 2 3 4 5; do echo "bioarc progress $i/5 naps"; sleep 0.2; done
      : > PLACE/began
      exec sleep 1000

      """)
    let script = try String(contentsOfFile: workspace.path("stages/code"), encoding: .utf8)
    try workspace.write("stages/code", script.replacing("PLACE", with: workspace.folder.path))
    try workspace.write(
      "stop.sh",
      """
      $B run pipelines/own.yaml & pid=$!
      while [ ! -e began ]; do sleep 0.05; done
      kill -TERM $pid; sleep 0.5; kill -TERM $pid
      wait $pid

      """)
    let run = try workspace.shell("NO_COLOR=1 TERM=xterm script -qec 'sh stop.sh' /dev/null")
    guard run.status != 127 else { return print("skipped: no program 'script'") }
    #expect(run.output.contains("/5 naps"), "the live line: \(run.output)")
    #expect(run.output.contains("\u{1B}[1A\u{1B}[J") && !run.output.contains("\u{1B}[1m"), "\(run.output)")
    let end = run.output.components(separatedBy: "interrupted in ").last ?? ""
    #expect(!end.contains("naps"), "\(run.output)")
  }
}

/// An own stage whose code is `code`.
enum OwnCode {
  static let declaration = """
    name: own
    version: 1
    summary: Writes a number.
    outputs:
      number: { kind: number, layout: file, help: It. }
    command: [sh, "{code}/code", "{outputs}/number"]
    code: [code]
    """
  static let pipeline = """
    bioarc: 1
    name: own
    stages:
      own: { stage: own }

    """

  static func workspace(_ script: String) throws -> Workspace {
    let workspace = try Workspace()
    try workspace.write("stages/own.yaml", declaration)
    try workspace.write("stages/code", script)
    try workspace.write("pipelines/own.yaml", pipeline)
    return workspace
  }
}
