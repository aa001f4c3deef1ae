import Artifacts
import Sessions
import Stages
import Syntax
import Texts

/// The stages and formats that a pipeline can name.
struct Vocabulary: Sendable {
  /// By name: those of the program, and a lab's own.
  private(set) var stages: [String: StageDeclaration]
  /// The files that declare own stages, by the stage's name, and the pages of built-in ones.
  private(set) var files: [String: String] = [:]
  let formats = StageRegistry.builtIn.formats

  init(_ files: [StageFile]) {
    let builtIn = StageRegistry.builtIn.declarations
    stages = Dictionary(builtIn.map { ($0.name, $0) }) { first, _ in first }
    for file in files {
      self.files[file.name] = file.path
      if stages[file.name] == nil, let stage = file.read(builtIn: builtIn).stage {
        stages[file.name] = stage.declaration
      }
    }
  }

  /// The declaration of the stage that an entry of `stages` asks for.
  func declaration(_ stage: String, in outline: Outline) -> StageDeclaration? {
    outline.entry("stages", stage).flatMap { outline.text("stage", of: $0) }.flatMap { stages[$0] }
  }

  /// The kind and the format of the input, or of the item of a collection, that a path leads into, and the part of the
  /// path behind it.
  func input(
    _ path: [String], in outline: Outline
  ) -> (kind: String?, format: InputFormat?, rest: ArraySlice<String>)? {
    let end = path.count > 4 && path[2] == "items" ? 4 : 2
    guard path.count > end, let input = outline.entry(Array(path[..<end])) else { return nil }
    let (kind, name) = (outline.text("kind", of: input), outline.text("format", of: input))
    return (kind, formats.first { $0.kind.name == kind && $0.name == name }, path[end...])
  }
}
