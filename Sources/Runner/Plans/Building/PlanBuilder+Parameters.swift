import Artifacts
import Syntax
import Wording
import YAML

extension PlanBuilder {
  /// Binds every declared parameter: to the value that the file states, else to the default.
  mutating func bindParameters(_ draft: inout NodeDraft) {
    guard let declaration = draft.declaration else { return }
    var guesses: Set<String> = []
    var stated: Set<String> = []
    var preset: Term?
    for (name, term) in draft.syntax.parameters {
      if name.text == Preset.key, !declaration.presets.isEmpty {
        preset = substituted(term)
        continue
      }
      guard let parameter = declaration.parameter(name.text) else {
        let known = declaration.parameters.map(\.name) + (declaration.presets.isEmpty ? [] : [Preset.key])
        let near = findings.nearest(to: name.text, in: known)
        if let near { guesses.insert(near) }
        findings.error(
          "\(declaration.name) has no parameter '\(name.text)'", at: name.span, suggestion: near,
          help: near == nil ? MissingSpace.help(name.text) ?? hint(name.text, declaration) : nil)
        continue
      }
      stated.insert(name.text)
      let term = substituted(term)
      draft.terms[name.text] = term
      if let binding = bind(parameter, term, in: &draft) { draft.parameters[name.text] = binding }
    }
    for term in draft.syntax.records { stated.formUnion(bindRecord(term, stated, in: &draft)) }
    if let preset { stated.formUnion(bindPreset(preset, stated, in: &draft)) }
    for parameter in declaration.parameters where !stated.contains(parameter.name) {
      if let value = parameter.defaultValue {
        // A default that its own type rejects is a mistake of the declaration, which its tests find.
        let accepted = (try? parameter.type.accept(value).get()) ?? value
        draft.parameters[parameter.name] = Plan.ParameterBinding(source: .value(accepted), position: nil)
      } else if !guesses.contains(parameter.name), !draft.syntax.isPartial {
        findings.error(
          "\(draft.what) does not set the parameter '\(parameter.name)' (\(parameter.type))",
          at: draft.syntax.name.span, help: "add with: { \(parameter.name): ... }, which is: \(parameter.help)")
      }
    }
  }

  private func hint(_ name: String, _ declaration: StageDeclaration) -> String {
    if declaration.input(name) != nil { return "'\(name)' is a port: bind it under 'in'" }
    let known = declaration.parameters.map(\.name)
    return known.isEmpty ? "it has no parameters" : "its parameters: " + known.joined(separator: ", ")
  }

  mutating func bind(
    _ parameter: Parameter, _ term: Term, in draft: inout NodeDraft
  ) -> Plan.ParameterBinding? {
    guard case .reference(let reference) = term.content else {
      return check(term, parameter.type, "'\(parameter.name)'", use: term.use).map {
        Plan.ParameterBinding(source: .value($0), position: term.span.position)
      }
    }
    guard known(reference, at: term.span) else { return nil }
    guard case .axis? = names[reference.name]?.entity else {
      reportArtifact(reference, parameter, at: term.span)
      return nil
    }
    guard let axis = axis(named: reference.name, in: draft) else {
      reportMissingAxis(reference.name, at: term.span, in: &draft)
      return nil
    }
    draft.used.insert(axis)
    return bind(parameter, to: axis, reference, at: term.span)
  }

  /// Binds a parameter to the values, or a field of the maps, of an axis.
  private mutating func bind(
    _ parameter: Parameter, to axis: Int, _ reference: Reference, at span: Span
  ) -> Plan.ParameterBinding? {
    let stated: [Value?]
    switch (axes[axis].items, reference.part) {
    case (.values(let items), nil): stated = items.map(\.value)
    case (.values, .some):
      findings.error(
        "the items of the axis '\(reference.name)' are values, which have no fields", at: span,
        suggestion: "$" + reference.name)
      return nil
    case (.records(let items), nil):
      let fields = Set(items.flatMap(\.fields.keys)).sorted()
      findings.error(
        "the items of the axis '\(reference.name)' are maps; the parameter '\(parameter.name)' takes a value", at: span,
        help: "write " + fields.map { "$\(reference.name).\($0)" }.joined(separator: " or "))
      return nil
    case (.records(let items), let field?):
      readFields[axis, default: []].insert(field)
      stated = items.map { $0.fields[field] }
      guard stated.contains(where: { $0 != nil }) else {
        let fields = Set(items.flatMap(\.fields.keys)).sorted()
        let near = findings.nearest(to: field, in: fields)
        findings.error(
          "no item of the axis '\(reference.name)' has the field '\(field)'", at: span,
          suggestion: near.map { "$\(reference.name).\($0)" },
          help: near == nil ? "they have " + fields.joined(separator: ", ") : nil)
        return nil
      }
    case (.inputs, _), (.members, _):
      findings.error(
        "the items of the axis '\(reference.name)' are artifacts; the parameter '\(parameter.name)' takes a value",
        at: span)
      return nil
    }
    var values: [Value] = []
    for (value, place) in zip(stated, axisSpans[axis].items) {
      if let value {
        if case .success(let accepted) = parameter.type.accept(value) {
          values.append(accepted)
        } else {
          _ = check(Term(value, at: place), parameter.type, "'\(parameter.name)'", use: span)
        }
      } else if let value = parameter.defaultValue {
        values.append((try? parameter.type.accept(value).get()) ?? value)
      } else {
        findings.error(
          "the item lacks '\(reference.part ?? parameter.name)', and the parameter '\(parameter.name)' has no default",
          at: place, notes: [.init("used here", at: span)])
      }
    }
    guard values.count == stated.count else { return nil }
    return Plan.ParameterBinding(source: .axis(axis, values), position: span.position)
  }

  /// Binds all fields of the items of an axis to the parameters of their names; returns these.
  private mutating func bindRecord(_ written: Term, _ stated: Set<String>, in draft: inout NodeDraft) -> Set<String> {
    let term = substituted(written)
    guard case .reference(let reference) = term.content, known(reference, at: term.span) else { return [] }
    guard reference.part == nil, case .axis? = names[reference.name]?.entity else {
      findings.error(
        "'with' takes a map of parameters, or an axis whose items are maps, not \(reference.text)", at: term.span)
      return []
    }
    guard let axis = axis(named: reference.name, in: draft) else {
      reportMissingAxis(reference.name, at: term.span, in: &draft)
      return []
    }
    guard case .records(let items) = axes[axis].items else {
      findings.error(
        "the items of the axis '\(reference.name)' are no maps of parameters", at: term.span,
        help: "write with: { parameter: $\(reference.name) }")
      return []
    }
    draft.used.insert(axis)
    let declaration = draft.declaration!
    let fields = Set(items.flatMap(\.fields.keys))
    readFields[axis, default: []].formUnion(fields)
    for field in fields.sorted() {
      guard let parameter = declaration.parameter(field) else {
        let item = items.firstIndex { $0.fields[field] != nil }!
        findings.error(
          "\(declaration.name) has no parameter '\(field)'", at: axisSpans[axis].items[item], name: field,
          candidates: declaration.parameters.map(\.name), notes: [.init("used here", at: term.span)])
        continue
      }
      if stated.contains(field) {
        findings.error("'\(field)' is stated, and a field of '\(reference.name)' too", at: term.span)
        continue
      }
      draft.terms[field] = term
      let source = Reference(name: reference.name, part: field)
      if let binding = bind(parameter, to: axis, source, at: term.span) { draft.parameters[field] = binding }
    }
    return fields
  }

  private func reportArtifact(_ reference: Reference, _ parameter: Parameter, at span: Span) {
    let entity = names[reference.name]?.entity
    findings.error(
      "the parameter '\(parameter.name)' takes a value, but \(reference.text) is \(words(reference, entity))", at: span,
      help: "artifacts are bound to ports, under 'in'")
  }

  private func words(_ reference: Reference, _ entity: Entity?) -> String {
    if case .stage? = entity { return "an output of a stage" }
    return entity?.words ?? "an artifact"
  }

  /// The value of `term` in `type`, or nil with a finding at the place that does not fit: in a list, at its items.
  mutating func check(_ term: Term, _ type: ParameterType, _ what: String, use: Span?) -> Value? {
    let notes: [Diagnostic.Note] = use.map { [.init("used here", at: $0)] } ?? []
    switch (type, term.content) {
    case (_, .broken): return nil
    case (_, .reference(let reference)):
      guard known(reference, at: term.span) else { return nil }
      findings.error(
        "\(reference.text) cannot stand inside a list: an item of a list is a value or a param", at: term.span)
      return nil
    case (.list(let element), .list(let terms)):
      var values: [Value] = []
      for item in terms {
        let item = substituted(item)
        if let value = check(item, element, "an item of \(what)", use: item.use ?? use) { values.append(value) }
      }
      return values.count == terms.count ? .list(values) : nil
    case (_, .value(let value)):
      switch type.accept(value) {
      case .success(let accepted): return accepted
      case .failure(let mismatch):
        let name = if case .string(let text) = value { text } else { "" }
        findings.error(
          "\(what) must be \(mismatch.expected), not \(term.words)", at: term.span, name: name,
          candidates: mismatch.choices, help: Self.help(value, type), notes: notes)
      }
    case (_, .list):
      findings.error("\(what) must be \(type), not a list", at: term.span, notes: notes)
    }
    return nil
  }

  /// The text to write instead of `value`, where it is a matter of writing only.
  private static func help(_ value: Value, _ type: ParameterType) -> String? {
    switch (type, value) {
    case (.list, .string), (.list, .int), (.list, .float), (.list, .bool):
      return "write [\(YAMLWriter.value(value))] for a list of one"
    case (.string, .int), (.string, .float), (.string, .bool): return "quote it: '\(value)'"
    case (_, .string(let text)):
      guard let plain = YAMLScalar(plain: text).number, plain != value, case .success = type.accept(plain) else {
        return nil
      }
      return "write it without quotes"
    default: return nil
    }
  }
}

extension Term {
  /// A value that has been read before, at its place.
  init(_ value: Value, at span: Span) {
    if case .list(let values) = value {
      self.init(.list(values.map { Term($0, at: span) }), at: span)
    } else {
      self.init(.value(value), at: span)
    }
  }
}
