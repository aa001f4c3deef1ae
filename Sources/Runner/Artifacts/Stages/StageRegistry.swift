/// The stages, input formats and forms of inputs that a program knows.
package struct StageRegistry: Sendable {
  package let stages: [any Stage.Type]
  package let formats: [InputFormat]
  /// Writers of the forms that own stages ask for.
  package let forms: [InputForm: InputForm.Writer]

  package init(
    stages: [any Stage.Type], formats: [InputFormat], forms: [InputForm: InputForm.Writer] = [:]
  ) {
    self.stages = stages
    self.formats = formats
    self.forms = forms
  }

  /// The declarations of all stages, in their order.
  package var declarations: [StageDeclaration] { stages.map { $0.declaration } }
  /// The stage of that name, or nil.
  package func stage(_ name: String) -> (any Stage.Type)? { stages.first { $0.declaration.name == name } }
  /// The format of that name for inputs of a kind, or nil.
  package func format(_ name: String, of kind: ArtifactKind) -> InputFormat? {
    formats.first { $0.name == name && $0.kind == kind }
  }
}
