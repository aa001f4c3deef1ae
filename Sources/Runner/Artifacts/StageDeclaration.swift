/// Everything that is known of a stage without running it: validation, keys, help, schema and `stages/NAME.yaml` come
/// from it.
package struct StageDeclaration: Sendable {
  package let name: String
  /// Raised by hand when the stage's output for the same inputs changes.
  package let version: Int
  /// One line of help.
  package let summary: String
  package let parameters: [Parameter]
  package let inputs: [InputPort]
  package let outputs: [OutputPort]
  /// Whether one step can use more than one core. Its outputs never depend on how many.
  package let isParallel: Bool
  /// Rules that say which values are wrong or unwise, as far as the pipeline file decides that.
  package let rules: [StageRule]
  /// The forms of texts that stand for artifacts.
  package let forms: [TextForm]
  /// An example of its use in a pipeline file, for help.
  package let example: String

  package init(
    name: String, version: Int, summary: String, parameters: [Parameter], inputs: [InputPort], outputs: [OutputPort],
    isParallel: Bool = false, rules: [StageRule] = [], forms: [TextForm] = [], example: String
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.parameters = parameters
    self.inputs = inputs
    self.outputs = outputs
    self.isParallel = isParallel
    self.rules = rules
    self.forms = forms
    self.example = example
  }

  /// The parameter of that name, or nil.
  package func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name } }
  /// The input port of that name, or nil.
  package func input(_ name: String) -> InputPort? { inputs.first { $0.name == name } }
  /// The output that the name of a stage alone stands for: its only one, counts aside.
  package var soleOutput: OutputPort? {
    let others = outputs.filter { $0.kind != .counts }
    return others.count == 1 ? others[0] : outputs.count == 1 ? outputs[0] : nil
  }

  /// The output port of that name, or nil.
  package func output(_ name: String) -> OutputPort? { outputs.first { $0.name == name } }
  /// The form of the texts that a parameter or a port takes.
  package func form(of place: String) -> TextForm? { forms.first { $0.places.contains(place) } }
}

/// A port that a stage reads.
package struct InputPort: Sendable {
  package let name: String
  /// Any one of these.
  package let kinds: [ArtifactKind]
  package let required: Bool
  /// An optional port of the same stage: one of the two must be bound, and not both.
  package let alternative: String?
  /// For a gathering port: the roles that `over` maps to axes. Empty: the port reads one artifact.
  package let roles: [String]
  /// Whether a failed item may be gathered as a failure.
  package let acceptsFailures: Bool
  /// Whether the port may be bound to a string, which stands for a file of that one line.
  package let acceptsText: Bool
  /// Whether the port may be bound to a list, and then reads one artifact after the other.
  package let acceptsSeveral: Bool
  /// The form in which an own stage is given what it reads; nil: as it is.
  package let form: InputForm?
  package let help: String

  package init(
    _ name: String, _ kinds: [ArtifactKind], required: Bool = true, alternative: String? = nil,
    roles: [String] = [], acceptsFailures: Bool = false, acceptsText: Bool = false, acceptsSeveral: Bool = false,
    form: InputForm? = nil, help: String
  ) {
    self.name = name
    self.kinds = kinds
    self.required = required
    self.alternative = alternative
    self.roles = roles
    self.acceptsFailures = acceptsFailures
    self.acceptsText = acceptsText
    self.acceptsSeveral = acceptsSeveral
    self.form = form
    self.help = help
  }

  /// The kinds that the port reads, in words.
  package var kindWords: String { kinds.map(\.name).joined(separator: " or ") }
}

/// A port that a stage writes.
package struct OutputPort: Sendable {
  package let name: String
  package let kind: ArtifactKind
  package let layout: Layout
  /// For a collection (a tree whose entries are members): the kind of one member, and with it an axis.
  package let member: ArtifactKind?
  package let help: String

  package init(_ name: String, _ kind: ArtifactKind, _ layout: Layout, member: ArtifactKind? = nil, help: String) {
    self.name = name
    self.kind = kind
    self.layout = layout
    self.member = member
    self.help = help
  }
}

extension Sequence<StageDeclaration> {
  /// The kinds that ports of these stages name.
  package var kinds: Set<ArtifactKind> {
    reduce(into: []) { result, stage in
      for port in stage.inputs { result.formUnion(port.kinds) }
      for port in stage.outputs { result.formUnion([port.kind, port.member].compactMap(\.self)) }
    }
  }
}
