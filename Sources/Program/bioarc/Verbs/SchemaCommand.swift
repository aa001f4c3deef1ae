import ArgumentParser
import Artifacts
import Console
import JSON
import Manual
import Plans
import Sessions
import Stages
import Syntax

/// `bioarc schema`
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of pipeline files, for editors.",
    discussion: """
      It knows your own stages: those of the folder 'stages' here, or of --stages. Editors with the YAML language server
      (VS Code, Neovim, Emacs, Helix) complete and check a file whose first line names its schema:
        # yaml-language-server: $schema=bioarc.schema.json

      Examples:
        bioarc schema > bioarc.schema.json
        bioarc schema --remotes > bioarc-remotes.schema.json      of the file bioarc-remotes.yaml
      """)

  @OptionGroup var options: StageOptions
  @Flag(help: "Print the schema of the file of remotes, bioarc-remotes.yaml, instead.") var remotes = false

  func run() throws {
    if remotes { return Terminal.print(RemotesSchema.json.text()) }
    let registry = StageRegistry.builtIn
    let own = try options.read(strict: true).map(\.stage.declaration)
    Terminal.print(PipelineSchema.json(declarations: registry.declarations + own, formats: registry.formats))
  }
}
