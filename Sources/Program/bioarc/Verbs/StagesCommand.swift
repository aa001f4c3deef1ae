import ArgumentParser
import Artifacts
import Console
import JSON
import Manual
import Plans
import Sessions
import Stages
import Syntax
import Tables
import Wording

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
    let builtIn = StageRegistry.builtIn.declarations
    let own = try options.read(strict: name == nil)
    guard let name else {
      if json {
        return Terminal.print(JSON.array((builtIn + own.map(\.stage.declaration)).map(\.json)).text())
      }
      var table = Table(["stage", "what it does"])
      for declaration in builtIn + own.map(\.stage.declaration) { table.add([declaration.name, declaration.summary]) }
      return Terminal.print(table.text(width: Terminal.outputWidth))
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
