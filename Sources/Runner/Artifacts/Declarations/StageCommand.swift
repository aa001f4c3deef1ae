/// The command of a lab's own stage, as far as it decides the outputs. It is in the keys of its steps,
/// beside the content of its code files, and all that a worker knows of the stage.
///
/// | in the key | not in the key |
/// |---|---|
/// | program and arguments, names of environment variables | values of environment variables |
/// | output ports: name, kind, layout, member | help, example, ranges, defaults, order |
/// | neutral values of parameters | where the files lie |
/// | forms in which inputs are asked for | |
package struct StageCommand: Sendable {
  /// The program, looked up in PATH, and its arguments, with placeholders: see `pieces`.
  package let arguments: [String]
  /// Names of the environment variables that it may see, ascending.
  package let environment: [String]
  /// Ascending by name.
  package let outputs: [OutputPort]
  /// The values of semantic and horizon parameters that a pre-image leaves out, by parameter.
  package let neutral: [String: Value]
  /// By input port: the form in which it is asked for.
  package let forms: [String: InputForm]

  package init(arguments: [String], environment: [String], of declaration: StageDeclaration) {
    self.arguments = arguments
    self.environment = environment.sorted()
    outputs = declaration.outputs.sorted { $0.name < $1.name }
    var neutral: [String: Value] = [:]
    for parameter in declaration.parameters where parameter.role != .resource {
      neutral[parameter.name] = parameter.neutral
    }
    self.neutral = neutral
    forms = Dictionary(
      uniqueKeysWithValues: declaration.inputs.compactMap { port in port.form.map { (port.name, $0) } })
  }

  /// The file `stage` of the tree that a step binds.
  package func encoded() -> [UInt8] {
    let fields: [Canonical] = [
      .string("bioarc-command/1"), .list(arguments.map(Canonical.string)), .list(environment.map(Canonical.string)),
      .list(outputs.map(Self.canonical)), .map(neutral.mapValues(\.canonical)),
    ]
    // A command that asks for no form is encoded as when there were none.
    return Canonical.list(fields + (forms.isEmpty ? [] : [.map(forms.mapValues(\.canonical))])).encoded()
  }

  private static func canonical(_ port: OutputPort) -> Canonical {
    .list([
      .string(port.name), .string(port.kind.name), .string(port.layout.rawValue),
      port.member.map { .string($0.name) } ?? .null,
    ])
  }

  /// Decodes the file `stage`. Throws `CanonicalError` for bytes that are no command.
  package init(decoding bytes: [UInt8]) throws(CanonicalError) {
    let fields = try Canonical(decoding: bytes).list()
    guard fields.count == 5 || fields.count == 6, fields[0] == .string("bioarc-command/1") else {
      throw CanonicalError(offset: 0, reason: "not a command")
    }
    var arguments: [String] = []
    for argument in try fields[1].list() { arguments.append(try argument.string()) }
    var environment: [String] = []
    for name in try fields[2].list() { environment.append(try name.string()) }
    var outputs: [OutputPort] = []
    for port in try fields[3].list() { outputs.append(try Self.output(port)) }
    var neutral: [String: Value] = [:]
    for (name, value) in try fields[4].map() { neutral[name] = try Value(value) }
    var forms: [String: InputForm] = [:]
    if fields.count == 6 { for (name, form) in try fields[5].map() { forms[name] = try InputForm(form) } }
    self.arguments = arguments
    self.environment = environment
    self.outputs = outputs
    self.neutral = neutral
    self.forms = forms
  }

  private static func output(_ canonical: Canonical) throws(CanonicalError) -> OutputPort {
    let fields = try canonical.list()
    guard fields.count == 4, let layout = Layout(rawValue: try fields[2].string()) else {
      throw CanonicalError(offset: 0, reason: "not an output port")
    }
    let member = fields[3] == .null ? nil : ArtifactKind(try fields[3].string())
    return OutputPort(
      try fields[0].string(), ArtifactKind(try fields[1].string()), layout, member: member, help: "")
  }
}

extension StageCommand {
  /// A part of an argument.
  package enum Piece: Hashable, Sendable {
    case text(String)
    /// The word between braces, as `code` or `with.k`.
    case place(String)
  }

  /// The parts of `argument`: `{name}` is a place, `{{` and `}}` are braces. nil: a brace stands alone.
  package static func pieces(of argument: String) -> [Piece]? {
    var pieces: [Piece] = []
    var text = ""
    var rest = argument[...]
    while let character = rest.popFirst() {
      guard character == "{" || character == "}" else {
        text.append(character)
        continue
      }
      if rest.first == character {
        rest.removeFirst()
        text.append(character)
      } else {
        guard character == "{", let end = rest.firstIndex(of: "}") else { return nil }
        if !text.isEmpty { pieces.append(.text(text)) }
        text = ""
        pieces.append(.place(String(rest[..<end])))
        rest = rest[rest.index(after: end)...]
      }
    }
    return text.isEmpty ? pieces : pieces + [.text(text)]
  }
}
