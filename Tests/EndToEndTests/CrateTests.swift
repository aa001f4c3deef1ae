import Foundation
import TestSupport
import Testing

/// Crates for papers, checked by the programs of others.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen"), "no ssh-keygen"))
struct CrateTests {
  private static let variable = "BIOARC_SHARING_PYTHON"
  static let validator = Python.program(importing: "rocrate_validator, runcrate", variable: variable)
  static let signing = Python.program(importing: "model_signing", variable: variable)

  /// Runs a command line of a shell in a folder, with the built program and the scripts of a Python in its PATH.
  static func shell(_ command: String, in folder: String, python: String? = nil) throws -> Execution {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let own = Repository.program.deletingLastPathComponent().path
    let scripts = python.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path + ":" } ?? ""
    let environment = ProcessInfo.processInfo.environment
    process.environment = environment.merging(["PATH": "\(scripts)\(own):\(environment["PATH"] ?? "/usr/bin:/bin")"]) {
      $1
    }
    return try Workspace.finish(process)
  }

  /// A lab with a key; both keys are in its folder.
  static func lab(_ text: String = Lab.pipeline) throws -> Lab {
    let lab = try Lab(text)
    let keys = [
      "ssh-keygen -q -t ed25519 -N '' -C nobody -f key", "openssl ecparam -name prime256v1 -genkey -noout -out ec.pem",
    ]
    for command in keys { #expect(try shell(command, in: lab.workspace.folder.path).status == 0) }
    return lab
  }

  /// The commands that a section of a crate's README shows.
  private static func commands(_ section: String, of crate: String) throws -> [String] {
    let text = try String(contentsOfFile: crate + "/README.md", encoding: .utf8)
    let part = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix(section) })
    return part.split(separator: "\n").filter { $0.hasPrefix("    ") }.map { String($0.dropFirst(4)) }
  }

  /// Every file of a folder, by its path in it.
  private static func files(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for case let path as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
      files[path] = FileManager.default.contents(atPath: "\(folder)/\(path)")
    }
    return files
  }

  @Test func `a crate is the same bytes each time, and its README checks it`() throws {
    let lab = try Self.lab()
    try lab.run()
    let refused = try lab.bioarc("bundle", "--crate", "-o", "crate", "--lab", "lab-a")
    #expect(refused.status == 2 && refused.errors.contains("--license"), "\(refused.errors)")
    try lab.workspace.write("LICENSE", "As you like.\n")
    let make = { (name: String) in
      let made = try lab.bioarc(
        "bundle", "--crate", "-o", name, "--lab", "lab-a", "--sign", "key", "--author", "Ada Lovelace", "--title",
        "=A \"title\"")
      #expect(made.status == 0 && made.output.contains("11 results"), "\(made.output)\(made.errors)")
    }
    for name in ["one", "two", "one.zip", "two.zip"] { try make(name) }
    let (one, folder) = (try Self.files(lab.workspace.path("one")), lab.workspace.path("one"))
    #expect(try one == Self.files(lab.workspace.path("two")) && one.count > 20)
    let archives = ["one.zip", "two.zip"].map { FileManager.default.contents(atPath: lab.workspace.path($0)) }
    #expect(archives[0] != nil && archives[0] == archives[1])
    #expect(try lab.bioarc("bundle", "--crate", "-o", "one", "--lab", "lab-a").status == 1, "no overwriting")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: lab.workspace.folder.path).allSatisfy { !$0.contains("~") })

    // Nothing tells of the machine or the user.
    let secrets = [lab.workspace.folder.path, ProcessInfo.processInfo.hostName, NSUserName() + "@"].filter {
      $0.count > 4
    }
    for (path, bytes) in one where !path.hasPrefix("results/blobs") {
      let text = String(decoding: bytes, as: UTF8.self)
      for secret in secrets { #expect(!text.contains(secret), "\(path) has \(secret)") }
    }

    let commands = try Self.commands("Checks", of: folder)
    #expect(commands.count == 3 && commands.contains { $0.hasPrefix("ssh-keygen -Y verify") }, "\(commands)")
    for command in commands {
      let checked = try Self.shell(command, in: folder)
      #expect(checked.status == 0, "\(command): \(checked.output)\(checked.errors)")
    }
    try lab.workspace.write("one/claims", "bioarc-claims 1\n")
    for command in commands.prefix(2) { #expect(try Self.shell(command, in: folder).status != 0, "\(command)") }
  }

  @Test func `another lab goes on from a crate`() throws {
    let (lab, other) = (try Self.lab(), try Workspace())
    try lab.run()
    let crate = other.path("crate")
    let made = try lab.bioarc(
      "bundle", "--crate", "-o", crate, "--lab", "lab-a", "--sign", "key", "--license", "CC0-1.0")
    #expect(made.status == 0, "\(made.errors)")
    let use = try Self.commands("Use", of: crate).map {
      $0.replacing("KEY.pub", with: lab.workspace.path("key.pub"))
    }
    for command in use.dropLast() {
      let done = try Self.shell(command, in: crate)
      #expect(done.status == 0, "\(command): \(done.output)\(done.errors)")
    }
    let plan = try Self.shell(use.last ?? "", in: crate)
    #expect(plan.status == 0 && plan.output.hasSuffix("nothing to run\n"), "\(plan.output)\(plan.errors)")
    // A crate of taken results tells whose they are.
    let again = try Self.shell(
      "bioarc bundle pipelines/small.yaml --crate -o again --lab lab-b --license MIT", in: crate)
    #expect(again.status == 1 && again.errors.contains("of another lab"), "\(again.errors)")
  }

  @Test func `a pin is bundled as long as the pipeline has its results`() throws {
    let lab = try Self.lab()
    try lab.run()
    #expect(try lab.bioarc("pin", "ranking", "--name", "paper").status == 0)
    let bundle = { (name: String, size: String) in
      try lab.bioarc(
        "bundle", "--pin", "paper", "--crate", "-o", name, "--lab", "lab-a", "--license", "MIT", "--size", size,
        "--json")
    }
    let (recipe, full) = (try bundle("recipe", "recipe"), try bundle("full", "full"))
    #expect(recipe.status == 0 && recipe.output.contains("\"objects\" : 0"), "\(recipe.output)\(recipe.errors)")
    #expect(full.status == 0 && !full.output.contains("\"objects\" : 0"), "\(full.output)\(full.errors)")
    #expect(!FileManager.default.fileExists(atPath: lab.workspace.path("recipe/tables")))
    let other = try lab.bioarc("bundle", "--pin", "paper", "-o", "paper.tar", "--lab", "lab-a")
    #expect(other.status == 0, "\(other.errors)")
    #expect(try lab.bioarc("bundle", "--pin", "other", "-o", "other.tar", "--lab", "lab-a").status == 2)
    try lab.write(Lab.pipeline.replacing("lr: 0.001", with: "lr: 0.002"))
    let lost = try bundle("lost", "recipe")
    #expect(lost.status == 1 && lost.errors.contains("1 result of the pin 'paper'"), "\(lost.errors)")
  }

  /// A step that failed, own code, an input, and results that are none.
  private static func labOfParts() throws -> Lab {
    let lab = try Lab.ofParts(
      "0, 1, 2",
      "[ $3 = 1 ] && { echo 'bioarc failure bad-part of /home/ada/lab'; exit 1; }; echo $3 > $2\n")
    try lab.workspace.write("data/genome.fa", ">a\n" + String(repeating: "ACGTTGCA", count: 60) + "\n")
    let text = try String(contentsOfFile: lab.workspace.path("pipelines/small.yaml"), encoding: .utf8)
    try lab.write(
      text.replacing(
        "stages:\n",
        with: """
          inputs:
            genome: { path: ../data/genome.fa, kind: sequences, format: fasta }
          stages:
            windows: { stage: windows, with: { length: 64 }, in: { sequences: $genome } }

          """))
    return lab
  }

  @Test(.enabled(if: validator != nil, "no roc-validator and runcrate: BIOARC_SHARING_PYTHON names a Python with them"))
  func `a crate is a Provenance Run Crate of RO-Crate`() throws {
    let script = Repository.root.appendingPathComponent("Tests/EndToEndTests/Peers/validate_crate.py").path
    let python = try #require(Self.validator)
    let (small, parts) = (try Lab(), try Self.labOfParts())
    try small.run()
    try parts.run(["--keep-going"], status: 1)
    try parts.workspace.write("TERMS", "As you like.\n")
    for (lab, terms) in [(small, "CC-BY-4.0"), (parts, "TERMS")] {
      for size in ["recipe", "full"] {
        let made = try lab.bioarc(
          "bundle", "--crate", "-o", size, "--lab", "lab-a", "--license", terms, "--size", size)
        #expect(made.status == 0, "\(made.errors)")
        let folder = lab.workspace.path(size)
        let found = try Self.shell(
          "'\(python)' '\(script)' . provenance-run-crate-0.5 REQUIRED", in: folder)
        #expect(found.status == 0, "\(found.output)\(found.errors.suffix(2000))")
      }
      let report = try Self.shell(
        "'\(python)' -c 'from runcrate.cli import cli; cli()' report full", in: lab.workspace.folder.path)
      #expect(report.status == 0 && report.output.contains("action: #run\n"), "\(report.output)\(report.errors)")
      let steps = report.output.components(separatedBy: "action: #run/").count - 1
      #expect(steps == (lab.workspace === small.workspace ? 11 : 5), "\(report.output)")
    }
    let metadata = try String(contentsOfFile: parts.workspace.path("full/ro-crate-metadata.json"), encoding: .utf8)
    #expect(metadata.contains("\"error\": \"bad-part: of .../lab\""), "the message of a failure")
    #expect(FileManager.default.fileExists(atPath: parts.workspace.path("full/stages/act.sh")))
  }

  @Test func `code that a link leads to outside is refused`() throws {
    let lab = try Self.labOfParts()
    try lab.run(status: 1)
    let script = lab.workspace.path("stages/act.sh")
    try FileManager.default.moveItem(atPath: script, toPath: lab.workspace.path("act.sh"))
    try FileManager.default.createSymbolicLink(atPath: script, withDestinationPath: "../act.sh")
    let refused = try lab.bioarc("bundle", "--crate", "-o", "crate", "--lab", "lab-a", "--license", "MIT")
    #expect(refused.status == 1 && refused.errors.contains("a link that leads out"), "\(refused.errors)")
    #expect(!FileManager.default.fileExists(atPath: lab.workspace.path("crate")))
  }

  @Test(.enabled(if: signing != nil, "no model-signing: BIOARC_SHARING_PYTHON names a Python that has it"))
  func `models are signed as OpenSSF has it`() throws {
    let lab = try Self.lab()
    try lab.run(["--keep", "model"])
    let made = try lab.bioarc(
      "bundle", "scores", "--crate", "-o", "crate", "--lab", "lab-a", "--license", "MIT", "--size", "full",
      "--model-key", "ec.pem")
    #expect(made.status == 0 && made.output.contains("4 models"), "\(made.output)\(made.errors)")
    let crate = lab.workspace.path("crate")
    let commands = try Self.commands("Checks", of: crate).filter { $0.hasPrefix("model_signing ") }
    #expect(commands.count == 4)
    for command in commands {
      let checked = try Self.shell(command, in: crate, python: Self.signing)
      #expect(checked.status == 0, "\(command): \(checked.output)\(checked.errors)")
    }
    // One bit of the weights.
    let weights = crate + "/models/scores/k=2,architecture=t16/model/model.safetensors"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: weights))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(fileURLWithPath: weights))
    let spoilt = try #require(commands.first { $0.contains("k=2,architecture=t16") })
    #expect(try Self.shell(spoilt, in: crate, python: Self.signing).status != 0)
    // A key on another curve is refused, and none is read by this program.
    #expect(
      try Self.shell("openssl ecparam -name secp384r1 -genkey -noout -out p384.pem", in: lab.workspace.folder.path)
        .status == 0)
    let refused = try lab.bioarc(
      "bundle", "scores", "--crate", "-o", "other", "--lab", "lab-a", "--license", "MIT", "--size", "full",
      "--model-key", "p384.pem")
    #expect(refused.status == 1 && refused.errors.contains("P-256"), "\(refused.errors)")
  }
}
