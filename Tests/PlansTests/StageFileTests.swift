import Testing

@testable import Artifacts
@testable import Plans
@testable import Syntax
@testable import YAML

/// The reader of a lab's own stages.
@Suite struct StageFileTests {
  static let good = """
    name: embed
    version: 2
    summary: Embeds sequences.
    parameters:
      model: { type: choice, choices: [small, large], default: small, neutral: small, help: Which one. }
      layers: { type: list, items: { type: int, minimum: 1 }, default: [1, 2], help: Layers that are kept. }
      rate: { type: float, minimum: 0, maximum: 1, default: 1, neutral: 1, unit: fraction, help: The part. }
      label: { type: string, default: $$x, role: resource, help: Shown. }
    inputs:
      sequences: { kinds: [sequences, labelled-sequences], help: What is embedded. }
      scores: { kinds: [metrics], required: false, roles: [task], accepts: failures, help: More. }
    outputs:
      embeddings: { kind: embeddings, layout: tree, member: embedding, help: One file each. }
    parallel: true
    command: [python3, -u, "{code}/embed.py", "--step={step}", "{{{with.model}}}"]
    code: [embed.py, lib/]
    environment: [HF_HOME, CUDA_VISIBLE_DEVICES]
    """

  private func read(_ text: String, name: String = "embed") -> (CommandStage?, [Diagnostic]) {
    let (stage, findings, _) = StageFile(path: "stages/\(name).yaml", text: Array(text.utf8))
      .read(builtIn: FakeStages.all)
    return (stage, findings)
  }

  @Test func `all that a stage file says is read`() throws {
    let (found, findings) = read(Self.good)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
    let stage = try #require(found)
    let declaration = stage.declaration
    #expect(declaration.name == "embed" && declaration.version == 2 && declaration.isParallel)
    #expect(declaration.parameter("model")?.type == .choice(["small", "large"]))
    #expect(declaration.parameter("layers")?.type == .list(.int(1 ... .max)))
    #expect(declaration.parameter("layers")?.neutral == nil)
    // A number of a float parameter is a float, whatever it looks like: else its neutral value would not be neutral.
    #expect(declaration.parameter("rate")?.neutral == .float(1))
    #expect(declaration.parameter("label")?.defaultValue == .string("$x"))
    #expect(declaration.parameter("label")?.role == .resource)
    #expect(declaration.input("sequences")?.kinds == [.sequences, .labelledSequences])
    let scores = try #require(declaration.input("scores"))
    #expect(!scores.required && scores.acceptsFailures && scores.roles == ["task"])
    #expect(declaration.output("embeddings")?.member == ArtifactKind("embedding"))
    #expect(stage.code.map(\.path) == ["embed.py", "lib"] && stage.folder == "stages")
    #expect(stage.command.environment == ["CUDA_VISIBLE_DEVICES", "HF_HOME"])
    #expect(stage.command.neutral == ["model": .string("small"), "rate": .float(1)])
    #expect(stage.command.arguments.last == "{{{with.model}}}")
  }

  /// Help, comments, ranges, defaults and order are not in what a step binds; what runs is.
  @Test func `the command is in the key, and its help is not`() throws {
    let original = try #require(read(Self.good).0).command.encoded()
    for (old, new) in [
      ("name: embed", "# A comment.\nname: embed"), ("help: Which one.", "help: Which of two."),
      ("maximum: 1,", "maximum: 2,"), ("default: [1, 2]", "default: [1]"), ("label: {", "note: {"),
      ("[HF_HOME, CUDA_VISIBLE_DEVICES]", "[CUDA_VISIBLE_DEVICES, HF_HOME]"), ("parallel: true\n", ""),
      ("summary: Embeds sequences.", "summary: Embeds."), ("[python3, -u", "[ \"python3\", '-u'"),
    ] {
      #expect(Self.good.contains(old))
      #expect(try #require(read(Self.good.replacing(old, with: new)).0).command.encoded() == original, "\(new)")
    }
    for (old, new) in [
      ("-u, ", ""), ("neutral: small", "neutral: large"), ("kind: embeddings", "kind: vectors"),
      ("layout: tree, member: embedding", "layout: tree"), ("[HF_HOME, ", "["),
      ("{code}/embed.py", "{code}/lib/embed.py"),
    ] {
      #expect(Self.good.contains(old))
      #expect(try #require(read(Self.good.replacing(old, with: new)).0).command.encoded() != original, "\(new)")
    }
  }

  /// Each bad file gives exactly the messages in the file beside it.
  @Test(arguments: Golden.names(in: "stages")) func `a bad stage file gives the messages beside it`(name: String) throws
  {
    let file = StageFile(path: "stages/\(name).yaml", text: try Golden.bytes("stages/\(name).yaml"))
    let (stage, findings, source) = file.read(builtIn: FakeStages.all)
    #expect(stage == nil)
    try Golden.check(findings.rendered(sources: [file.path: source], color: false) + "\n", "stages/\(name).txt")
  }

  static let pipeline = """
    bioarc: 1
    name: p
    inputs:
      genome: { path: g.fa, kind: sequences, format: fasta }
    stages:
      vectors:
        stage: embed
        in: { sequences: $genome }

    """

  private func plan(_ text: String, _ files: [String: String]) -> Planned {
    Planner.plan(
      text: Array(text.utf8), file: "p.yaml", overrides: [], declarations: FakeStages.all,
      stageFiles: files.map { StageFile(path: "stages/\($0).yaml", text: Array($1.utf8)) }, formats: FakeStages.formats)
  }

  @Test func `a pipeline asks for an own stage by its name`() throws {
    let planned = plan(Self.pipeline, ["embed": Self.good])
    let node = try #require(planned.plan?.nodes.first, "\(planned.messages)")
    #expect(node.command?.declaration.name == "embed")
    #expect(node.declaration.version == 2)
    let misspelt = plan(Self.pipeline.replacing("stage: embed", with: "stage: embedd"), ["embed": Self.good])
    #expect(misspelt.messages.contains("did you mean 'embed'?"))
    let wrong = plan(Self.pipeline.replacing("in: {", with: "with: { model: smal }\n    in: {"), ["embed": Self.good])
    #expect(wrong.messages.contains("did you mean 'small'?"))
  }

  /// A fault of a file stands in the way of those who ask for it, once, at its own place.
  @Test func `a bad stage file is found where it is asked for`() {
    let broken = Self.good.replacing("version: 2", with: "version: two")
    let planned = plan(Self.pipeline, ["embed": broken])
    #expect(planned.plan == nil)
    #expect(planned.findings.map(\.position.description) == ["stages/embed.yaml:2:10"])
    #expect(planned.sources["stages/embed.yaml"] == broken)
    #expect(plan(Self.pipeline, ["embed": Self.good, "other": broken]).plan != nil)
  }

  /// The file of a built-in stage is documentation, unless it has a command.
  @Test func `a built-in stage keeps its name`() {
    let pipeline = Self.pipeline.replacing("stage: embed", with: "stage: windows")
    #expect(plan(pipeline, ["windows": "anything: at all"]).plan?.nodes[0].command == nil)
    let own = Self.good.replacing("name: embed", with: "name: windows")
    #expect(plan(pipeline, ["windows": own]).messages.contains("'windows' is the name of a built-in stage"))
  }
}
