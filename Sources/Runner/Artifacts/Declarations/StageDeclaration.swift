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
  /// Sets of values that go together.
  package let presets: [Preset]
  /// The forms of texts that stand for artifacts.
  package let forms: [TextForm]
  /// The difference of figures in metrics, as a share of them or of 1, up to which two numeric environments agree.
  package let tolerance: Double?
  /// An example of its use in a pipeline file, for help.
  package let example: String

  package init(
    name: String, version: Int, summary: String, parameters: [Parameter], inputs: [InputPort], outputs: [OutputPort],
    isParallel: Bool = false, rules: [StageRule] = [], presets: [Preset] = [], forms: [TextForm] = [],
    tolerance: Double? = nil, example: String
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.parameters = parameters
    self.inputs = inputs
    self.outputs = outputs
    self.isParallel = isParallel
    self.rules = rules
    (self.presets, self.forms) = (presets, forms)
    (self.tolerance, self.example) = (tolerance, example)
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

extension Sequence<StageDeclaration> {
  /// The kinds that ports of these stages name.
  package var kinds: Set<ArtifactKind> {
    reduce(into: []) { result, stage in
      for port in stage.inputs { result.formUnion(port.kinds) }
      for port in stage.outputs { result.formUnion([port.kind, port.member].compactMap(\.self)) }
    }
  }
}
