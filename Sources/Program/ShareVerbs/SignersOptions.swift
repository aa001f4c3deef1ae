import ArgumentParser
import Sessions

/// Options of verbs that read whom to trust.
struct SignersOptions: ParsableArguments {
  @Option(help: "The file of trusted keys. Default: 'bioarc-signers' beside the store's folder.", completion: .file())
  var signers: String?

  /// The file of a project.
  func path(_ project: Project) -> String { signers ?? project.signersPath }
}
