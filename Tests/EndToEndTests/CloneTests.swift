import Foundation
import TestSupport
import Testing

/// Studies: pipelines that are published with their results, and cloned.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen"), "no ssh-keygen"))
struct CloneTests {
  private static let pipeline = """
    bioarc: 1
    name: small
    params: { k: 2 }
    inputs:
      genome: { path: ../data/genome.fa, kind: sequences, format: fasta }
    stages:
      tokens:
        stage: tokenize
        with: { scheme: kmer, k: $params.k }
        in: { sequences: $genome }
      letters:
        stage: letters
        in: { sequences: $genome }

    """
  private static let stage = """
    name: letters
    version: 1
    summary: Counts letters.
    inputs:
      sequences: { kinds: [sequences], help: The sequences. }
    outputs:
      table: { kind: letters, layout: file, help: A number. }
    code: [letters.py]
    command: [python3, "{code}/letters.py", "{inputs}/sequences", "{outputs}/table"]

    """

  /// A lab that has run and pushed a study, signed.
  private struct Publisher {
    let lab: Lab
    let key: String
    var remote: String { lab.workspace.path("remote") }

    init() throws {
      lab = try Lab(CloneTests.pipeline)
      key = lab.workspace.path("key")
      try lab.workspace.write("data/genome.fa", ">a\nACGTACGTTTGACA\n>b\nGGGACCATTTACAGAT\n")
      try lab.workspace.write("stages/letters.yaml", CloneTests.stage)
      try lab.workspace.write(
        "stages/letters.py", "import sys\nopen(sys.argv[2], 'w').write(str(len(open(sys.argv[1]).read())))\n")
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
      process.arguments = ["-q", "-t", "ed25519", "-N", "", "-C", "nobody", "-f", key]
      try process.run()
      process.waitUntilExit()
      try lab.run()
    }

    func push(_ arguments: String...) throws {
      let pushed = try Workspace.finish(
        lab.workspace.process(
          ["push", "pipelines/small.yaml", "--to", "file:\(remote)", "--lab", "lab-a", "--sign", key] + arguments))
      #expect(pushed.status == 0, "\(pushed.errors)")
    }
  }

  private static func clone(_ arguments: String..., into workspace: Workspace) throws -> Execution {
    try Workspace.finish(workspace.process(["clone"] + arguments))
  }

  @Test func `a study comes with its results, and its data are asked for when a step reads them`() throws {
    let publisher = try Publisher(), theirs = try Workspace()
    let none = try Self.clone("file:\(publisher.remote):paper", "study", into: theirs)
    #expect(none.status != 0 && !FileManager.default.fileExists(atPath: theirs.path("study")))
    try publisher.push("--study", "paper")
    let clone = try Self.clone("file:\(publisher.remote):paper", "study", into: theirs)
    #expect(clone.status == 0 && clone.output.contains("SHA256:"), "\(clone.output)\(clone.errors)")
    let names = FileManager.default.subpaths(atPath: theirs.path("study")) ?? []
    #expect(
      ["pipelines/small.yaml", "stages/letters.yaml", "stages/letters.py", "lab-a.pub", "bioarc-remotes.yaml"]
        .allSatisfy(names.contains), "\(names)")
    let bioarc = { (arguments: String...) in
      let process = theirs.process(arguments)
      process.currentDirectoryURL = URL(fileURLWithPath: theirs.path("study"))
      return try Workspace.finish(process)
    }
    let before = try bioarc("plan", "pipelines/small.yaml")
    #expect(before.status == 0 && before.output.contains("2 steps will run"), "\(before.output)\(before.errors)")
    #expect(try bioarc("trust", "add", "lab-a", "lab-a.pub").status == 0)
    #expect(try bioarc("who", "pipelines/small.yaml").output.contains("lab-a"), "every verb looks once")
    let plan = try bioarc("plan", "pipelines/small.yaml")
    #expect(plan.output.contains("2 results of lab-a") && plan.output.hasSuffix("nothing to run\n"), "\(plan.output)")
    #expect(try bioarc("cat", "pipelines/small.yaml", "letters").output == "38")
    // A step that reads what nobody has sent says so, and runs once it is there.
    let edit = try bioarc("run", "pipelines/small.yaml", "--set", "k=3", "--only", "tokens")
    #expect(edit.status == 2 && edit.errors.contains("is not here, and a step reads it"), "\(edit.errors)")
    try theirs.write("study/data/genome.fa", ">a\nACGTACGTTTGACA\n>b\nGGGACCATTTACAGAT\n")
    #expect(try bioarc("run", "pipelines/small.yaml", "--set", "k=3", "--only", "tokens").status == 0)
    #expect(try bioarc("check", "pipelines/small.yaml").status == 0)
  }

  @Test func `a study can bring its data, and the newest edition counts`() throws {
    let publisher = try Publisher(), theirs = try Workspace()
    try publisher.push("--study", "paper", "--inputs")
    try publisher.lab.write(Self.pipeline.replacing("k: 2", with: "k: 3"))
    try publisher.lab.run()
    try publisher.push("--study", "paper", "--inputs")
    #expect(try Self.clone("file:\(publisher.remote)", "newest", "--trust", into: theirs).status == 0)
    #expect(try String(contentsOfFile: theirs.path("newest/pipelines/small.yaml"), encoding: .utf8).contains("k: 3"))
    let bioarc = { (arguments: String...) in
      let process = theirs.process(arguments)
      process.currentDirectoryURL = URL(fileURLWithPath: theirs.path("newest"))
      return try Workspace.finish(process)
    }
    let run = try bioarc("run", "pipelines/small.yaml", "--set", "k=4", "--only", "tokens")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try bioarc("fsck").status == 0)
    // The edition before is published again.
    try publisher.lab.write(Self.pipeline)
    try publisher.push("--study", "paper")
    #expect(try Self.clone("file:\(publisher.remote):paper", "again", into: theirs).status == 0)
    #expect(try String(contentsOfFile: theirs.path("again/pipelines/small.yaml"), encoding: .utf8).contains("k: 2"))
  }

  @Test func `a study that is not signed, or by another key than it says, is refused`() throws {
    let publisher = try Publisher(), theirs = try Workspace()
    let pushed = try publisher.lab.bioarc(
      "push", "--to", "file:\(publisher.remote)", "--lab", "lab-a", "--unsigned", "--study", "paper")
    #expect(pushed.status == 0, "\(pushed.errors)")
    let refused = try Self.clone("file:\(publisher.remote):paper", "study", into: theirs)
    #expect(refused.status == 1 && refused.errors.contains("nobody has signed"), "\(refused.errors)")
    #expect(try Self.clone("file:\(publisher.remote):paper", "study", "--unsigned", into: theirs).status == 0)
    #expect(!FileManager.default.fileExists(atPath: theirs.path("study/lab-a.pub")))
  }

  @Test func `pushes of strangers neither hinder a clone nor pass for the lab's`() throws {
    let publisher = try Publisher(), theirs = try Workspace()
    try publisher.push("--study", "paper")
    // One that nobody has signed, later than the lab's, and one that is no push at all.
    let stranger = try Publisher()
    let push = { (signing: [String]) in
      try Workspace.finish(
        stranger.lab.workspace.process(
          ["push", "pipelines/small.yaml", "--to", "file:\(publisher.remote)", "--lab", "lab-a", "--study", "paper"]
            + signing))
    }
    #expect(try push(["--unsigned"]).status == 0)
    let folder = publisher.remote + "/pushes"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).sorted().first)
    try "{}".write(toFile: "\(folder)/\(name.dropLast(4))beef", atomically: true, encoding: .utf8)
    let clone = try Self.clone("file:\(publisher.remote):paper", "study", into: theirs)
    #expect(clone.status == 0 && clone.errors.contains("is passed over"), "\(clone.errors)")
    // Another key is no reason to believe either.
    #expect(try push(["--sign", stranger.key]).status == 0)
    let two = try Self.clone("file:\(publisher.remote):paper", "two", "--trust", into: theirs)
    #expect(two.status == 2 && two.errors.contains("--key"), "\(two.errors)")
    let key = try #require(clone.output.split(separator: " ").first { $0.hasPrefix("SHA256:") })
    #expect(
      try Self.clone("file:\(publisher.remote):paper", "two", "--key", String(key), "--trust", into: theirs).status == 0
    )
    #expect(
      try String(contentsOfFile: theirs.path("two/lab-a.pub"), encoding: .utf8)
        == String(contentsOfFile: theirs.path("study/lab-a.pub"), encoding: .utf8))
    // A relative address is one from here.
    try FileManager.default.copyItem(atPath: publisher.remote, toPath: theirs.path("copy"))
    let near = try Self.clone("./copy:paper", "near", "--key", String(key), into: theirs)
    #expect(near.status == 0, "\(near.errors)")
  }

  @Test func `files that a shell, git or an editor would obey are in no study`() throws {
    let publisher = try Publisher()
    for hidden in [".envrc", "HEAD", String(repeating: "long", count: 62)] {
      try publisher.lab.workspace.write("stages/\(hidden)", "evil\n")
      try publisher.lab.workspace.write(
        "stages/letters.yaml", Self.stage.replacing("[letters.py]", with: "[letters.py, \(hidden)]"))
      let pushed = try publisher.lab.bioarc(
        "push", "--to", "file:\(publisher.remote)", "--lab", "lab-a", "--unsigned", "--study", "paper")
      #expect(pushed.status == 1, "\(hidden): \(pushed.output)\(pushed.errors)")
      #expect(try publisher.lab.workspace.bioarc("fsck").status == 0)
    }
  }

  @Test func `inputs that nothing reads, and editions that follow each other, are no trouble`() throws {
    let publisher = try Publisher()
    try publisher.lab.write(
      Self.pipeline.replacing(
        "stages:\n", with: "  unused: { path: ../data/none.fa, kind: sequences, format: fasta }\nstages:\n"))
    try publisher.push("--study", "paper", "--inputs")
    try publisher.lab.write(Self.pipeline)
    try publisher.push("--study", "paper")
    let theirs = try Workspace()
    #expect(try Self.clone("file:\(publisher.remote)", "study", "--trust", into: theirs).status == 0)
    let process = theirs.process(["conflicts", "pipelines/small.yaml"])
    process.currentDirectoryURL = URL(fileURLWithPath: theirs.path("study"))
    let conflicts = try Workspace.finish(process)
    #expect(conflicts.status == 0, "\(conflicts.output)")
  }
}
