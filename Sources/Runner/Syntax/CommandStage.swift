package import Artifacts
package import YAML

/// A lab's own stage, as its file in `stages/` declares it.
package struct CommandStage: Sendable {
  /// A code file or a folder of code files, relative to the stage's file, and the place that names it.
  package struct Code: Sendable {
    package let path: String
    package let position: Position
  }

  package let declaration: StageDeclaration
  package let command: StageCommand
  package let code: [Code]
  /// The file that declares it.
  package let file: String

  /// The folder of that file.
  package var folder: String {
    guard let slash = file.lastIndex(of: "/") else { return "." }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }
}
