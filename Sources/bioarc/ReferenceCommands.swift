import ArgumentParser
import Artifacts
import Plans
import Scheduling
import Stages

/// `bioarc stages`
struct StagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stages", abstract: "List the stages, or describe one.",
    discussion: """
      Examples:
        bioarc stages
        bioarc stages tokenize
        bioarc stages tokenize --yaml      the declaration, as in stages/tokenize.yaml
        bioarc stages --json
      """)

  @Argument(help: "A stage.", completion: .list(BuiltIn.stages.map { $0.declaration.name })) var name: String?
  @Flag(help: "Print the declaration as YAML.") var yaml = false
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let declarations = Session.registry.declarations
    guard let name else {
      if json { return Terminal.print(JSON.array(declarations.map(\.json)).text()) }
      var table = Table(["stage", "what it does"])
      for declaration in declarations { table.add([declaration.name, declaration.summary]) }
      return Terminal.print(table.text)
    }
    guard let declaration = declarations.first(where: { $0.name == name }) else {
      let known = declarations.map(\.name)
      let hint = nearest(to: name, in: known).map { "; did you mean '\($0)'?" } ?? ""
      throw Complaint.usage("there is no stage '\(name)'\(hint) Stages: \(known.joined(separator: ", "))")
    }
    if json { return Terminal.print(declaration.json.text()) }
    let text = yaml ? declaration.yaml() : declaration.help(color: Terminal.usesOutputColor)
    Terminal.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
  }
}

/// `bioarc schema`
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of pipeline files, for editors.",
    discussion: "Example:\n  bioarc schema > bioarc.schema.json")

  func run() throws {
    let registry = Session.registry
    Terminal.print(PipelineSchema.json(declarations: registry.declarations, formats: registry.formatNames))
  }
}
