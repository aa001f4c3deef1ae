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
    discussion: "It knows your own stages: those of the folder 'stages' here, or of --stages.\n\n"
      + "Example:\n  bioarc schema > bioarc.schema.json")

  @OptionGroup var options: StageOptions

  func run() throws {
    let registry = StageRegistry.builtIn
    let own = try options.read(strict: true).map(\.stage.declaration)
    Terminal.print(PipelineSchema.json(declarations: registry.declarations + own, formats: registry.formats))
  }
}
