package import ArgumentParser
import Artifacts
import Console
import Files
import Plans
import Stores
package import Syntax
import YAML

/// The folder in which a lab's own stages are declared.
package struct StageOptions: ParsableArguments {
  package init() {}

  @Option(
    help: "The folder of your own stages. Default: 'stages' beside the pipeline's folder.", completion: .directory)
  package var stages: String?

  /// The files of the folder, by name; none where there is no folder, unless one was named.
  ///
  /// Without a pipeline the folder is looked for in the working directory.
  package func files() throws -> [StageFile] { try Self.files(stages, pipeline: nil) }

  /// The files of stages beside a pipeline.
  package static func files(_ stages: String?, pipeline: String?) throws -> [StageFile] {
    let folder = stages ?? pipeline.map { Places.beside($0, "stages") } ?? "stages"
    let names: [String]
    do { names = try DiskFileSystem().names(folder) } catch {
      guard stages != nil else { return [] }
      throw Complaint.usage("cannot read the folder '\(folder)'")
    }
    return try names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted().map { name in
      StageFile(path: folder + "/" + name, text: try Places.read(folder + "/" + name))
    }
  }

  /// Every own stage, with all faults of their files told. Without `strict`, faults are only told.
  package func read(strict: Bool) throws -> [(file: StageFile, stage: CommandStage)] {
    var result: [(StageFile, CommandStage)] = []
    var hasErrors = false
    for file in try files() {
      let (stage, findings, source) = file.read(builtIn: StageRegistry.builtIn.declarations)
      for finding in findings {
        Terminal.complain(finding.rendered(sources: [file.path: source], color: Terminal.usesColor))
      }
      hasErrors = hasErrors || findings.contains { $0.severity == .error }
      if let stage { result.append((file, stage)) }
    }
    if hasErrors && strict { throw ExitCode(2) }
    return result
  }
}
