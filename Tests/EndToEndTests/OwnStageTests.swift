import Foundation
import TestSupport
import Testing

/// A lab's own stages, as shell scripts: their inputs, the edits that rerun them, their failures, their leftovers.
@Suite(.serialized) struct OwnStageTests {
  static let declaration = """
    name: count
    version: 1
    summary: Counts the rows of a task.
    parameters:
      factor: { type: float, default: 1, neutral: 1, help: Times. }
      label: { type: string, default: none, role: resource, help: Shown. }
    inputs:
      task: { kinds: [labelled-sequences], help: Rows. }
    outputs:
      count: { kind: row-count, layout: file, help: The number. }
    command: [sh, "{code}/count.sh", "{inputs}/task", "{outputs}/count", "{with.factor}"]
    code: [count.sh, lib]
    environment: [LAB_TOKEN]
    """

  static let script = """
    . "$(dirname "$0")/lib/rows.sh"
    echo "$(rows "$1/train.csv") $3" > "$2"

    """

  static let pipeline = """
    bioarc: 1
    name: small
    stages:
      promoters: { stage: synthesize, with: { train: 20, dev: 10, test: 10 } }
      rows:
        stage: count
        for: { factor: [1, 2] }
        with: { factor: $factor }
        in: { task: $promoters }

    """

  /// A lab with the stage `count`, whose script is `script`.
  private func lab(_ script: String = Self.script) throws -> Lab {
    let lab = try Lab(Self.pipeline)
    try lab.workspace.write("stages/count.yaml", Self.declaration)
    try lab.workspace.write("stages/count.sh", script)
    try lab.workspace.write("stages/lib/rows.sh", "rows() { tail -n +2 \"$1\" | wc -l; }\n")
    return lab
  }

  /// A lab with one step of the stage, which runs `script` alone.
  private func single(_ script: String) throws -> Lab {
    let lab = try lab(script)
    try lab.write(Self.pipeline.replacing("[1, 2]", with: "[1]"))
    return lab
  }

  private static let step = "rows[factor=1]"

  @Test func `an own stage runs and is found again`() throws {
    let lab = try lab()
    #expect(try lab.run().finished == ["promoters", "rows[factor=1]", "rows[factor=2]"])
    #expect(try lab.bioarc("cat", "rows[factor=2]").output == "20 2\n")
    #expect(try lab.run().started == [])
    #expect(try lab.workspace.bioarc("fsck", "--store", "cache").status == 0)
    // Files that a step leaves in its folder go with it.
    #expect(try FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("cache/tmp")) == [])
  }

  @Test func `an edit of code reruns, and one of help does not`() throws {
    let lab = try lab()
    try lab.run()
    for (old, new) in [
      ("name: count", "# Counts.\nname: count"), ("help: Times.", "help: How often."),
      ("default: none", "default: other"), ("type: float,", "type: float, minimum: 0,"),
    ] {
      try lab.workspace.write("stages/count.yaml", Self.declaration.replacing(old, with: new))
      #expect(try lab.run().started == [], "\(new)")
    }
    try lab.write(Self.pipeline.replacing("factor: $factor }", with: "factor: $factor, label: x }"))
    #expect(try lab.run().started == [], "a resource")

    try lab.workspace.write("stages/count.yaml", Self.declaration.replacing("version: 1", with: "version: 2"))
    #expect(try lab.bioarc("why", Self.step).output.contains("1 -> 2   (pipelines/../stages/count.yaml)"))
    let version = try lab.bioarc("why", Self.step, "--not").output.split(separator: "\n").first {
      $0.contains("behaviour version")
    }
    #expect(version?.hasSuffix("pipelines/../stages/count.yaml") == true, "\(version ?? "")")
    try lab.workspace.write("stages/count.yaml", Self.declaration)

    try lab.workspace.write("stages/lib/rows.sh", "rows() { wc -l < \"$1\"; }\n")
    let why = try lab.bioarc("why", Self.step).output
    #expect(why.contains("code/lib/rows.sh"), "\(why)")
    #expect(why.contains("stages/lib/rows.sh)"), "\(why)")
    #expect(!why.contains("$command"))
    #expect(try lab.run().started == ["rows[factor=1]", "rows[factor=2]"])
    #expect(try lab.bioarc("cat", Self.step).output == "21 1\n")

    try lab.workspace.write("stages/count.yaml", Self.declaration.replacing("[sh,", with: "[sh, -e,"))
    let command = try lab.bioarc("why", Self.step).output
    #expect(command.contains("command  sh {code}/count.sh"), "\(command)")
    #expect(try lab.run().started == ["rows[factor=1]", "rows[factor=2]"])
  }

  @Test func `files that are not named are not in the key`() throws {
    let lab = try lab()
    try lab.run()
    try lab.workspace.write("stages/unrelated.sh", "exit 1\n")
    try lab.workspace.write("stages/lib/.hidden", "x")
    try lab.workspace.write("stages/lib/__pycache__/rows.pyc", "x")
    try lab.workspace.write("stages/broken.yaml", "name: [\n")
    #expect(try lab.run().started == [])
    try lab.workspace.write("stages/lib/more.sh", "x\n")
    #expect(try lab.run().started == ["rows[factor=1]", "rows[factor=2]"])
  }

  /// The command of a step lies in the store, for a worker that has nothing else; files that are lost there are put
  /// there again.
  @Test func `code that was lost is stored again`() throws {
    let lab = try lab()
    try lab.run()
    try FileManager.default.removeItem(atPath: lab.workspace.path("cache/objects"))
    try lab.write(Self.pipeline.replacing("[1, 2]", with: "[1, 2, 3]"))
    #expect(try lab.run().finished.contains("rows[factor=3]"))
    #expect(try lab.bioarc("cat", "rows[factor=3]").output == "20 3\n")
  }

  @Test func `a moved folder of stages reruns nothing`() throws {
    let lab = try lab()
    try lab.run()
    let files = FileManager.default
    try files.moveItem(atPath: lab.workspace.path("stages"), toPath: lab.workspace.path("elsewhere"))
    #expect(try lab.run(["--stages", "elsewhere"]).started == [])
    #expect(try lab.bioarc("check").errors.contains("unknown stage 'count'"))
    #expect(try lab.bioarc("check", "--stages", "elsewhere").status == 0)
  }

  @Test func `a command sees a clean folder and the variables it names`() throws {
    let lab = try single(
      """
      pwd > "$2"; find . | sort >> "$2"; ls "$HOME" >> "$2"; env | sort >> "$2"; cat "$BIOARC_STEP" >> "$2"
      cat /dev/stdin >> "$2"
      """)
    let process = lab.workspace.process(
      ["run", "pipelines/small.yaml"], environment: ["LAB_TOKEN": "seen", "LAB_SECRET": "unseen"])
    #expect(try Workspace.finish(process).status == 0)
    let text = try lab.bioarc("cat", Self.step).output
    let lines = text.split(separator: "\n").map(String.init)
    let folder = try #require(lines.first)
    #expect(folder.hasPrefix(lab.workspace.path("cache/tmp").replacing("/private", with: "")), "\(folder)")
    let files = lines.dropFirst().prefix { $0.hasPrefix(".") }
    #expect(
      Array(files) == [
        ".", "./code", "./code/count.sh", "./code/lib", "./code/lib/rows.sh", "./home", "./inputs", "./inputs/task",
        "./inputs/task/dev.csv", "./inputs/task/motifs.tsv", "./inputs/task/test.csv", "./inputs/task/train.csv",
        "./outputs", "./outputs/count", "./step.json",
      ])
    #expect(lines.contains("LAB_TOKEN=seen"))
    #expect(!text.contains("LAB_SECRET"))
    #expect(lines.contains("HOME=\(folder)/home") && lines.contains("OMP_NUM_THREADS=1"))
    #expect(lines.contains("LANG=C.UTF-8") && lines.contains("BIOARC_STEP=\(folder)/step.json"))
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(text[text.range(of: "\n{\n")!.lowerBound...].utf8)) as? [String: Any])
    #expect((json["parameters"] as? [String: Any])?["factor"] as? Double == 1)
    let task = try #require((json["inputs"] as? [String: [[String: Any]]])?["task"]?.first)
    #expect(task["path"] as? String == folder + "/inputs/task")
    #expect((json["outputs"] as? [String: String]) == ["count": folder + "/outputs/count"])
  }

  @Test func `a command reports progress, metrics and warnings`() throws {
    let lab = try single(
      """
      echo "bioarc progress 10/10 rows all of them"; echo "bioarc metric 1 0.5 share"; echo "bioarc warning few rows"
      echo "bioarc nonsense"; echo "bioarc environment shell dash"; echo plain; echo error >&2; echo 1 > "$2"
      printf 'no line break'
      """)
    let events = try lab.run().all.compactMap { $0["event"] as? [String: [String: Any]] }
    let all = { (kind: String, field: String) in events.compactMap { $0[kind]?[field] as? String } }
    #expect(all("progress", "detail") == ["all of them"])
    #expect(all("metric", "name") == ["share"])
    let warnings = all("warning", "message")
    #expect(warnings.first == "few rows" && warnings.count == 2 && warnings[1].contains("bioarc nonsense"))
    #expect(Set(all("output", "line")) == ["plain", "error", "no line break"])
  }

  @Test func `a failure that a command states is a result`() throws {
    let lab = try single("echo 'bioarc failure too-few only 20 rows'; exit 3\n")
    let events = try lab.run(status: 1)
    #expect(events.failed == [Self.step])
    let again = try lab.run(status: 1)
    #expect(again.started == [] && again.failed == [Self.step])
    #expect(try lab.bioarc("why", Self.step).output.contains("(too-few): only 20 rows"))
  }

  /// The members of a collection are items of an axis, whose ids are in addresses.
  @Test func `a member needs an ID`() throws {
    let lab = try single("mkdir -p \"$2\"; echo 1 > \"$2/a\"; echo 2 > \"$2/part 1,2.txt\"\n")
    let tree = "count: { kind: row-counts, layout: tree, member: row-count, help: Numbers. }"
    try lab.workspace.write(
      "stages/count.yaml",
      Self.declaration.replacing("count: { kind: row-count, layout: file, help: The number. }", with: tree))
    let run = try lab.bioarc("run")
    #expect(run.status == 1 && run.errors.contains("'outputs/count/part 1,2.txt' cannot be an item"), "\(run.errors)")
    try lab.workspace.write("stages/count.sh", "echo 1 > \"$2/a\"; echo 2 > \"$2/part_1+2.txt\"\n")
    #expect(try lab.run().finished == [Self.step])
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    let script: String
    let message: String
    var command = "[sh,"
    var testDescription: String { script }
  }

  /// A fault of the environment, or of the script, is no result: it is told, and tried again by the next run.
  @Test(arguments: [
    Broken(script: "echo first >&2; echo 'no such model' >&2; exit 7", message: "code 7: first / no such model"),
    Broken(script: "kill -9 $$", message: "killed by signal 9"),
    Broken(script: "exit 0", message: "without its output 'outputs/count'"),
    Broken(script: "echo 1 > \"$2\"; echo 2 > \"$2.old\"", message: "'outputs/count.old', which the stage does not"),
    Broken(script: "mkdir \"$2\"", message: "'outputs/count' is a folder"),
    Broken(script: "ln -s /etc/passwd \"$2\"", message: "'outputs/count' is no plain file"),
    // No shell is asked to make something of it.
    Broken(script: "echo 1 > \"$2\"", message: "Exec format error", command: "["),
    Broken(script: "", message: "cannot start 'no-such-program': No such file", command: "[no-such-program,"),
  ])
  func `a broken command is told and no result`(_ broken: Broken) throws {
    let lab = try single(broken.script + "\n")
    try lab.workspace.write("stages/count.yaml", Self.declaration.replacing("[sh,", with: broken.command))
    let first = try lab.bioarc("run")
    #expect(first.status == 1)
    #expect(first.errors.contains(broken.message), "\(first.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: lab.workspace.path("cache/tmp")) == [])
    try lab.workspace.write("stages/count.yaml", Self.declaration)
    try lab.workspace.write("stages/count.sh", "echo 1 > \"$2\"\n")
    #expect(try lab.run().started == [Self.step])
  }

  @Test func `a missing code file is found before anything runs`() throws {
    let lab = try lab()
    try FileManager.default.removeItem(atPath: lab.workspace.path("stages/count.sh"))
    let run = try lab.bioarc("run")
    #expect(run.status == 2)
    #expect(run.errors.contains("stages/count.yaml:12:8: error: there is no file or folder"), "\(run.errors)")
    #expect(run.errors.contains("^"))
    // A run that does not ask for its steps does not need it.
    #expect(try lab.run(["--only", "promoters"]).finished == ["promoters"])
    #expect(try lab.bioarc("why", "promoters").status == 0)
  }

  @Test func `the list of stages and the schema know an own stage`() throws {
    let workspace = try lab().workspace
    #expect(try workspace.bioarc("stages").output.contains("count                Counts the rows of a task."))
    let help = try workspace.bioarc("stages", "count").output
    #expect(help.contains("sees LAB_TOKEN: their values are not in the key"), "\(help)")
    #expect(try workspace.bioarc("stages", "count", "--yaml").output == Self.declaration + "\n")
    #expect(try workspace.bioarc("schema").output.contains("\"const\": \"count\""))
    try workspace.write("stages/rank.yaml", Self.declaration.replacing("name: count", with: "name: rank"))
    let clash = try workspace.bioarc("stages")
    #expect(clash.status == 2 && clash.errors.contains("'rank' is the name of a built-in stage"), "\(clash.errors)")
  }
}
