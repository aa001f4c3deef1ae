import Artifacts
import Wording
import YAML

extension StageDecoder {
  static let parameterKeys = [
    "type", "choices", "minimum", "maximum", "items", "default", "neutral", "unit", "role", "onset",
    "help",
  ]
  static let inputKeys = [
    "kinds", "required", "alternative", "roles", "accepts", "text", "several", "as", "help",
  ]
  static let outputKeys = ["kind", "layout", "member", "help"]

  /// One entry of `parameters`.
  func parameter(_ pair: YAMLPair) -> Parameter? {
    let what = "the parameter '\(pair.key)'"
    guard parts.checkName(Name(text: pair.key, span: pair.keySpan), "a parameter"),
      let fields = parts.fields(of: pair.value, what, Self.parameterKeys)
    else { return nil }
    lack(["type", "help"], of: fields, what, pair)
    guard let node = fields["type"], let type = type(node, fields, what) else { return nil }
    if file.hasCommand, let node = fields["onset"] {
      findings.error("'onset' of \(what) is of trainings that save their states, as no command does", at: node.span)
    }
    let role = word(fields["role"], "'role' of \(what)", ["semantic", "horizon", "resource"])
    return Parameter(
      pair.key, type, default: value(fields["default"], type, "'default' of \(what)"),
      neutral: value(fields["neutral"], type, "'neutral' of \(what)"), unit: text(fields["unit"], "'unit' of \(what)"),
      role: role.flatMap(Parameter.Role.init) ?? .semantic,
      onset: fields["onset"].flatMap { parts.string($0, "'onset' of \(what)") }?.text,
      help: text(fields["help"], "'help' of \(what)"))
  }

  private func type(_ node: YAMLNode, _ fields: Fields, _ what: String) -> ParameterType? {
    let names = ["bool", "int", "float", "string", "choice", "list"]
    guard let name = word(node, "'type' of \(what)", names) else { return nil }
    for (key, types) in [
      ("choices", ["choice"]), ("items", ["list"]), ("minimum", ["int", "float"]), ("maximum", ["int", "float"]),
    ] {
      if let node = fields[key], !types.contains(name) {
        findings.error("'\(key)' of \(what) is of the type \(types.joined(separator: " or "))", at: node.span)
      }
    }
    switch name {
    case "bool": return .bool
    case "string": return .string
    case "int": return int(fields, what)
    case "float": return float(fields, what)
    case "choice":
      let choices = strings(fields["choices"], "'choices' of \(what)").map(\.text)
      if choices.isEmpty, fields.lacks("choices") { findings.error("\(what) has no 'choices'", at: node.span) }
      return .choice(choices)
    default:
      guard let items = fields["items"] else {
        if fields.lacks("items") {
          findings.error("\(what) has no 'items'", at: node.span, help: "write items: { type: int }")
        }
        return nil
      }
      let inner = "an item of \(what)"
      let keys = ["type", "choices", "minimum", "maximum", "items"]
      guard let fields = parts.fields(of: items, inner, keys) else { return nil }
      guard let node = fields["type"] else {
        if fields.lacks("type") { findings.error("\(inner) has no 'type'", at: items.span.start) }
        return nil
      }
      return type(node, fields, inner).map { .list($0) }
    }
  }

  private func int(_ fields: Fields, _ what: String) -> ParameterType {
    let bound = { (key: String) -> Int? in
      guard let node = fields[key], let value = self.value(node, .int(.min ... .max), "'\(key)' of \(what)"),
        case .int(let number) = value
      else { return nil }
      return number
    }
    let (low, high) = (bound("minimum") ?? .min, bound("maximum") ?? .max)
    return .int(low...max(low, ordered(low <= high, high, fields, what)))
  }

  private func float(_ fields: Fields, _ what: String) -> ParameterType {
    let all = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    let bound = { (key: String) -> Double? in
      guard let node = fields[key], let value = self.value(node, .float(all), "'\(key)' of \(what)"),
        case .float(let number) = value
      else { return nil }
      return number
    }
    let (low, high) = (bound("minimum") ?? all.lowerBound, bound("maximum") ?? all.upperBound)
    return .float(low...max(low, ordered(low <= high, high, fields, what)))
  }

  private func ordered<T>(_ isOrdered: Bool, _ high: T, _ fields: Fields, _ what: String) -> T {
    if !isOrdered, let node = fields["maximum"] {
      findings.error("'maximum' of \(what) is less than its 'minimum'", at: node.span)
    }
    return high
  }

  /// The value in `node` as `type` writes it.
  private func value(_ node: YAMLNode?, _ type: ParameterType, _ what: String) -> Value? {
    guard let node else { return nil }
    let term = Term(node, what: what, findings: findings)
    guard parts.noReferences(in: term), let value = term.value else { return nil }
    switch type.accept(value) {
    case .success(let accepted): return accepted
    case .failure(let mismatch):
      let name = if case .string(let text) = value { text } else { "" }
      findings.error(
        "\(what) must be \(mismatch.expected), not \(term.words)", at: node.span, name: name,
        candidates: mismatch.choices)
      return nil
    }
  }

  /// One of `names`; nil, with a finding for anything else.
  private func word(_ node: YAMLNode?, _ what: String, _ names: [String]) -> String? {
    guard let node, let word = parts.string(node, what) else { return nil }
    if names.contains(word.text) { return word.text }
    findings.error(
      "\(what) must be one of \(names.joined(separator: ", ")), not '\(word.text)'", at: word.span, name: word.text,
      candidates: names)
    return nil
  }

  private func lack(_ keys: [String], of fields: Fields, _ what: String, _ pair: YAMLPair) {
    for key in keys where fields.lacks(key) { findings.error("\(what) has no '\(key)'", at: pair.keySpan) }
  }

  /// One entry of `inputs`.
  func input(_ pair: YAMLPair) -> InputPort? {
    let what = "the input '\(pair.key)'"
    guard parts.checkName(Name(text: pair.key, span: pair.keySpan), "an input"),
      let fields = parts.fields(of: pair.value, what, Self.inputKeys)
    else { return nil }
    lack(["kinds", "help"], of: fields, what, pair)
    let kinds = strings(fields["kinds"], "'kinds' of \(what)").map(kind)
    if kinds.isEmpty, let node = fields["kinds"] { findings.error("\(what) reads no kind", at: node.span) }
    let roles = strings(fields["roles"], "'roles' of \(what)")
    for role in roles { _ = parts.checkName(role, "a role") }
    let accepts = word(fields["accepts"], "'accepts' of \(what)", ["failures"])
    if accepts != nil, roles.isEmpty, let node = fields["accepts"] {
      findings.error("\(what) gathers nothing, so that it cannot accept failures: it has no 'roles'", at: node.span)
    }
    let several = fields["several"].flatMap { bool($0, "'several' of \(what)") } ?? false
    if several, !roles.isEmpty, let node = fields["several"] {
      findings.error("\(what) gathers over roles; it cannot read a list too", at: node.span)
    }
    return InputPort(
      pair.key, kinds, required: fields["required"].flatMap { bool($0, "'required' of \(what)") } ?? true,
      alternative: fields["alternative"].flatMap { parts.string($0, "'alternative' of \(what)") }?.text,
      roles: roles.map(\.text), acceptsFailures: accepts != nil,
      acceptsText: fields["text"].flatMap { bool($0, "'text' of \(what)") } ?? false, acceptsSeveral: several,
      form: form(fields["as"], kinds, what),
      help: text(fields["help"], "'help' of \(what)"))
  }

  /// The form in which an own stage asks for the inputs of a port.
  private func form(_ node: YAMLNode?, _ kinds: [ArtifactKind], _ what: String) -> InputForm? {
    guard let node, let word = word(node, "'as' of \(what)", InputForm.allCases.map(\.rawValue)) else { return nil }
    guard let form = InputForm(rawValue: word) else { return nil }
    if let other = kinds.first(where: { !form.kinds.contains($0) }) {
      let known = form.kinds.map(\.name).joined(separator: ", ")
      findings.error(
        "\(what) reads \(other), which has no form '\(word)'", at: node.span, help: "the form is of the kinds \(known)")
    }
    return form
  }

  /// One entry of `outputs`.
  func output(_ pair: YAMLPair) -> OutputPort? {
    let what = "the output '\(pair.key)'"
    guard parts.checkName(Name(text: pair.key, span: pair.keySpan), "an output"),
      let fields = parts.fields(of: pair.value, what, Self.outputKeys)
    else { return nil }
    lack(["kind", "layout", "help"], of: fields, what, pair)
    let layout = word(fields["layout"], "'layout' of \(what)", ["file", "tree"]).flatMap(Layout.init) ?? .file
    let member = fields["member"].flatMap { parts.string($0, "'member' of \(what)") }
    if let member, layout == .file {
      findings.error("\(what) is one file: only a tree has members", at: member.span, help: "write layout: tree")
    }
    guard let kind = fields["kind"].flatMap({ parts.string($0, "'kind' of \(what)") }).map(kind) else { return nil }
    return OutputPort(
      pair.key, kind, layout, member: member.map(self.kind), help: text(fields["help"], "'help' of \(what)"))
  }

  /// A kind: a lab may have its own, but one that is almost a known one counts as a slip.
  private func kind(_ name: Name) -> ArtifactKind {
    let known = builtIn.kinds.map(\.name).sorted { $0.precedesInBytes($1) }
    if !known.contains(name.text), let near = findings.nearest(to: name.text, in: known) {
      findings.error("unknown kind '\(name.text)'", at: name.span, suggestion: near)
    }
    _ = parts.checkName(name, "a kind")
    return ArtifactKind(name.text)
  }
}
