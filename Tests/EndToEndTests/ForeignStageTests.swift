import Foundation
import TestSupport
import Testing

/// Own stages that came with the pipeline of another lab: shown, and run only after somebody has allowed them.
@Suite(.serialized) struct ForeignStageTests {
  private static let title = "own stages that this machine has not run before:"
  private static let command = "act runs [sh, \"{code}/act.sh\", \"{inputs}\", \"{outputs}/count\", \"{with.part}\"]"
  /// A result that is too large for its record.
  private static let script = "yes \"row $3\" | head -c 200000 > $2\n"

  /// A lab whose second own stage reads the first.
  private static func lab() throws -> Lab {
    let lab = try Lab.ofParts("0, 1", script)
    let text = try String(contentsOfFile: lab.workspace.path("pipelines/small.yaml"), encoding: .utf8)
    try lab.write(
      text + """
          last:
            stage: sum
            with: { factor: 1 }
            in: { rows: $rows }

        """)
    try lab.workspace.write(
      "stages/sum.yaml",
      """
      name: sum
      version: 1
      summary: Sums.
      parameters:
        factor: { type: int, default: 1, neutral: 1, help: Times. }
      inputs:
        rows: { kinds: [row-count], help: A number. }
      outputs:
        count: { kind: row-count, layout: file, help: The number. }
      command: [sh, -c, 'echo "$1 $(wc -c < "$2")" > "$3"', sum, "{with.factor}", "{inputs}/rows", "{outputs}/count"]
      environment: [LAB_TOKEN]
      """)
    return lab
  }

  /// Another lab's folder, with the crate of a lab that has run, and with its results.
  private struct Reader {
    let workspace = try! Workspace()
    var pipeline: String { workspace.path("crate/pipelines/small.yaml") }
    var remembered: [Substring] {
      let text = try? String(contentsOfFile: workspace.path(".state/bioarc/commands"), encoding: .utf8)
      return text?.split(separator: "\n") ?? []
    }

    init(size: String) throws {
      let lab = try ForeignStageTests.lab()
      try lab.run()
      let crate = workspace.path("crate")
      let made = try lab.bioarc(
        "bundle", "--crate", "-o", crate, "--lab", "lab-a", "--license", "MIT", "--size", size)
      #expect(made.status == 0, "\(made.errors)")
      let taken = try workspace.bioarc("import", crate + "/results", "--unsigned", "--store", crate + "/cache")
      #expect(taken.status == 0, "\(taken.errors)")
    }

    func edit(_ old: String, _ new: String, _ name: String = "pipelines/small.yaml") throws {
      let text = try String(contentsOfFile: workspace.path("crate/" + name), encoding: .utf8)
      #expect(text.contains(old))
      try workspace.write("crate/" + name, text.replacing(old, with: new))
    }

    func bioarc(_ verb: String, _ arguments: String..., environment: [String: String] = [:]) throws -> Execution {
      try Workspace.finish(workspace.process([verb, pipeline] + arguments, environment: environment))
    }

    /// The stages whose steps a run has started.
    func run(_ arguments: String...) throws -> [String] {
      let run = try Workspace.finish(workspace.process(["run", pipeline, "--json"] + arguments))
      #expect(run.status == 0, "\(run.errors)")
      return Events(run.output).stages
    }

    /// The stages that a run refuses to run, before anything runs.
    func refused(_ arguments: String...) throws -> [String] {
      let run = try Workspace.finish(workspace.process(["run", pipeline] + arguments))
      #expect(run.status == 2 && run.output.isEmpty, "\(run.output)\(run.errors)")
      #expect(run.errors.contains("nothing was run") && run.errors.contains("--allow-commands"), "\(run.errors)")
      return run.errors.split(separator: "\n").filter { $0.contains(" runs [") }.map {
        String($0.split(separator: " ")[0])
      }
    }
  }

  @Test func `own stages of a crate run only after somebody has allowed them`() throws {
    let reader = try Reader(size: "recipe")
    // A hit needs no permission.
    #expect(try reader.run().isEmpty)
    let listed = try reader.bioarc("check")
    #expect(listed.status == 0 && listed.output.contains(Self.title), "\(listed.output)\(listed.errors)")
    #expect(listed.output.contains(Self.command) && listed.output.contains("stages/act.sh, 35 B"), "\(listed.output)")
    #expect(listed.output.contains("sees LAB_TOKEN"))
    let document = try QuestionTests.json(reader.bioarc("check", "--json"))
    let stages = document["unknownStages"] as? [[String: Any]]
    #expect((document["findings"] as? [Any])?.isEmpty == true && stages?.count == 2)
    #expect(((stages?[0]["code"] as? [[String: Any]])?[0]["bytes"] as? Int) == 35)

    try reader.edit("part: [0, 1]", "part: [0, 1, 2]")
    #expect(try reader.refused() == ["act", "sum"])
    #expect(reader.remembered.isEmpty)
    #expect(try reader.bioarc("runs").output.isEmpty, "a run that is refused is none")
    #expect(try reader.run("--only", "rows", "--allow-commands") == ["rows"])
    #expect(reader.remembered.count == 1 && reader.remembered[0].hasSuffix(" act"))
    // Commands that have run are known, and others are not.
    try reader.edit("[0, 1, 2]", "[0, 1, 3]")
    #expect(try reader.run("--only", "rows") == ["rows"])
    #expect(try reader.refused() == ["sum"])
    #expect(try !reader.bioarc("check").output.contains(Self.command))
    try reader.edit("yes", "yes ''; yes", "stages/act.sh")
    #expect(try reader.refused("--only", "rows") == ["act"])
    try reader.edit("[sh, ", "[sh, -e, ", "stages/act.yaml")
    try reader.edit("yes ''; yes", "yes", "stages/act.sh")
    #expect(try reader.refused("--only", "rows") == ["act"])
    try reader.edit("[sh, -e, ", "[sh, ", "stages/act.yaml")
    #expect(try reader.run("--only", "rows").isEmpty)
  }

  @Test func `a hit whose bytes are gone needs permission where its step would run`() throws {
    let recipe = try Reader(size: "recipe"), full = try Reader(size: "full")
    for reader in [recipe, full] { try reader.edit("factor: 1", "factor: 2") }
    #expect(try recipe.refused() == ["act", "sum"])
    #expect(try full.refused() == ["sum"])
    #expect(try full.run("--allow-commands") == ["last"])
    #expect(full.remembered.count == 1)
    // A result that turns out to be damaged is not made again by a command that nobody has allowed.
    try full.edit("factor: 2", "factor: 3")
    let objects = full.workspace.path("crate/cache/objects")
    for case let name as String in FileManager.default.enumerator(atPath: objects) ?? .init() {
      let path = "\(objects)/\(name)"
      guard var bytes = FileManager.default.contents(atPath: path), bytes.count > 4 else { continue }
      bytes[bytes.count / 2] ^= 1
      try FileManager.default.removeItem(atPath: path)
      try bytes.write(to: URL(fileURLWithPath: path))
    }
    let run = try full.bioarc("run")
    #expect(run.status == 1 && run.errors.contains("nobody has allowed it"), "\(run.errors)")
    #expect(full.remembered.count == 1)
  }

  private static let study = """
    { "study": "paper", "lab": "lab-a", "pipeline": "pipelines/small.yaml", "set": [], "inputs": [] }
    """

  @Test func `a cloned study is somebody else's, and one's own project asks nothing`() throws {
    let lab = try Self.lab()
    #expect(try lab.bioarc("check").output.contains(Self.command))
    try lab.workspace.write("bioarc-study.json", Self.study)
    #expect(try lab.bioarc("run").status == 2)
    // Nor may the stages be of somebody else.
    let other = try Workspace()
    try other.write(
      "pipelines/small.yaml", String(contentsOfFile: lab.workspace.path("pipelines/small.yaml"), encoding: .utf8))
    #expect(try other.bioarc("run", "pipelines/small.yaml", "--stages", lab.workspace.path("stages")).status == 2)
    try FileManager.default.removeItem(atPath: lab.workspace.path("bioarc-study.json"))
    #expect(try lab.bioarc("run").status == 0)
    #expect(try !lab.bioarc("check").output.contains(Self.title))
    // It has run here, and so it runs wherever it comes from.
    try lab.workspace.write("bioarc-study.json", Self.study)
    #expect(try lab.run(["--force", "*"]).stages == ["last", "promoters", "rows"])
  }

  @Test func `a permission that cannot be remembered counts for its run`() throws {
    let reader = try Reader(size: "recipe")
    try reader.edit("factor: 1", "factor: 2")
    for state in ["/proc/nowhere", reader.pipeline] {
      let run = try reader.bioarc("run", "--allow-commands", environment: ["XDG_STATE_HOME": state])
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.errors.components(separatedBy: "this run has the permission").count == 2, "\(run.errors)")
      try reader.edit("factor: ", "factor: 1")
    }
    // A damaged list is one of fewer lines.
    try reader.workspace.write(".state/bioarc/commands", "\u{0}\nffff act\n\(String(repeating: "a", count: 90))")
    #expect(try reader.refused() == ["sum"])
  }

  private static let terminal = TestServer.program("script")

  @Test(.enabled(if: terminal != nil, "no script")) func `on a terminal a person is asked`() throws {
    let reader = try Reader(size: "full")
    try reader.edit("factor: 1", "factor: 2")
    for (answer, status) in [("", 1), ("no", 1), ("y", 0)] {
      let process = reader.workspace.process([])
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      let command = "'\(Self.terminal ?? "")' -qec '\"$PROGRAM\" run \"$FILE\"' /dev/null"
      process.arguments = ["-c", "{ sleep 1; echo '\(answer)'; sleep 1; } | \(command)"]
      process.environment?["PROGRAM"] = Repository.program.path
      process.environment?["FILE"] = reader.pipeline
      let run = try Workspace.finish(process)
      #expect(run.status == status && run.output.contains("Run them, now and later? [y/N]"), "\(run.output)")
      #expect(run.output.contains("sum runs [sh, "), "\(run.output)")
    }
    #expect(reader.remembered.count == 1)
  }

  @Test func `a sample that is computed again needs the same permission`() throws {
    let (ours, theirs) = (try Self.lab(), try Self.lab())
    try ours.run()
    #expect(try ours.bioarc("bundle", "-o", ours.workspace.path("a.tar"), "--lab", "lab-a").status == 0)
    #expect(try theirs.workspace.bioarc("import", ours.workspace.path("a.tar"), "--unsigned").status == 0)
    let refused = try theirs.bioarc("verify", "rows", "--rerun", "100%")
    #expect(refused.status == 2 && refused.errors.contains(Self.command), "\(refused.errors)")
    #expect(try theirs.bioarc("verify", "rows", "--rerun", "100%", "--dry-run").status == 0)
    let done = try theirs.bioarc("verify", "rows", "--rerun", "100%", "--allow-commands")
    #expect(done.status == 0 && done.output.contains("reproduced"), "\(done.output)\(done.errors)")
  }
}
