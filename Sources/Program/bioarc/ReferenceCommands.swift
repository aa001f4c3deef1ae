import ArgumentParser
import Artifacts
import JSON
import Plans
import Scheduling
import Stages

/// `bioarc stages`
struct StagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stages", abstract: "List the stages, or describe one.",
    discussion: """
      Your own stages are those of the folder 'stages' here, or of --stages.

      Examples:
        bioarc stages
        bioarc stages tokenize
        bioarc stages tokenize --yaml      the declaration, as in stages/tokenize.yaml
        bioarc stages --json
      """)

  @Argument(help: "A stage.", completion: .list(BuiltIn.stages.map { $0.declaration.name })) var name: String?
  @Flag(help: "Print the declaration as YAML.") var yaml = false
  @Flag(help: "Print as JSON.") var json = false
  @OptionGroup var options: StageOptions

  func run() throws {
    let builtIn = Session.registry.declarations
    let own = try options.read(strict: name == nil)
    guard let name else {
      if json {
        return Terminal.print(JSON.array((builtIn + own.map(\.stage.declaration)).map(\.json)).text())
      }
      var table = Table(["stage", "what it does"])
      for declaration in builtIn + own.map(\.stage.declaration) { table.add([declaration.name, declaration.summary]) }
      return Terminal.print(table.text)
    }
    let color = Terminal.usesOutputColor
    if let (file, stage) = own.first(where: { $0.stage.declaration.name == name }) {
      if json { return Terminal.print(stage.declaration.json.text()) }
      return show(yaml ? String(decoding: file.text, as: UTF8.self) : stage.help(color: color))
    }
    guard let declaration = builtIn.first(where: { $0.name == name }) else {
      let known = (builtIn + own.map(\.stage.declaration)).map(\.name)
      let hint = nearest(to: name, in: known).map { "; did you mean '\($0)'?" } ?? ""
      throw Complaint.usage("there is no stage '\(name)'\(hint) Stages: \(known.joined(separator: ", "))")
    }
    if json { return Terminal.print(declaration.json.text()) }
    show(yaml ? declaration.yaml() : declaration.help(color: color))
  }

  private func show(_ text: String) { Terminal.print(text.hasSuffix("\n") ? String(text.dropLast()) : text) }
}

/// `bioarc formats`
struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats", abstract: "List the formats of inputs, or describe one with its options.",
    discussion: """
      Examples:
        bioarc formats
        bioarc formats fasta
        bioarc formats csv --json
      """)

  @Argument(help: "A format.", completion: .list(Array(Set(BuiltIn.formats.map(\.name))).sorted())) var name: String?
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let formats = Session.registry.formats
    guard let name else {
      if json { return Terminal.print(JSON.array(formats.map(\.json)).text()) }
      var table = Table(["format", "kind", "what it is"])
      for format in formats { table.add([format.name, format.kind.name, format.help]) }
      return Terminal.print(table.text)
    }
    let found = formats.filter { $0.name == name }
    guard !found.isEmpty else {
      let known = Array(Set(formats.map(\.name))).sorted()
      let hint = nearest(to: name, in: known).map { "; did you mean '\($0)'?" } ?? ""
      throw Complaint.usage("there is no format '\(name)'\(hint); formats: \(known.joined(separator: ", "))")
    }
    if json { return Terminal.print(JSON.array(found.map(\.json)).text()) }
    let pages = found.map { $0.help(color: Terminal.usesOutputColor) }.joined(separator: "\n")
    Terminal.print(String(pages.dropLast()))
  }
}

/// `bioarc schema`
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of pipeline files, for editors.",
    discussion: "It knows your own stages: those of the folder 'stages' here, or of --stages.\n\n"
      + "Example:\n  bioarc schema > bioarc.schema.json")

  @OptionGroup var options: StageOptions

  func run() throws {
    let registry = Session.registry
    let own = try options.read(strict: true).map(\.stage.declaration)
    Terminal.print(PipelineSchema.json(declarations: registry.declarations + own, formats: registry.formats))
  }
}
