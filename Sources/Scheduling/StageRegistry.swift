package import Artifacts

/// The stages and input formats that a program knows.
package struct StageRegistry: Sendable {
  package let stages: [any Stage.Type]
  package let formats: [InputFormat]

  package init(stages: [any Stage.Type], formats: [InputFormat]) {
    self.stages = stages
    self.formats = formats
  }

  package var declarations: [StageDeclaration] { stages.map { $0.declaration } }
  package func stage(_ name: String) -> (any Stage.Type)? { stages.first { $0.declaration.name == name } }
  package func format(_ name: String, of kind: ArtifactKind) -> InputFormat? {
    formats.first { $0.name == name && $0.kind == kind }
  }
}
