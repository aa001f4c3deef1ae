import Artifacts
import JSON
import Syntax
import Wording

extension PipelineSchema {
  /// An entry of `stages`: the members of `with` and `in` depend on `stage`.
  static func stage(_ stages: [StageDeclaration]) -> JSON {
    .object([
      ("type", .string("object")), ("required", .strings(["stage"])), ("additionalProperties", .bool(false)),
      (
        "properties",
        .object([
          ("stage", described("The stage to run.", [("oneOf", .array(stages.map(constant)))])),
          ("for", ref("axes")),
          (
            "with",
            described(
              "Parameters of the stage: a map, an axis whose items are such maps, or a list of both.",
              [("type", .strings(["object", "array", "string", "null"]))])
          ),
          ("in", described("Inputs of the stage, by port.", orNothing([]))),
          ("resources", ref("resources")),
        ])
      ),
      ("allOf", .array(stages.map(rule))),
    ])
  }

  /// The resources that each step of a stage may use.
  static var resources: JSON {
    let string: [(String, JSON)] = [("type", .string("string")), ("minLength", .int(1))]
    let option: [(String, JSON)] = [("type", .string("string")), ("pattern", .string("^-"))]
    let types: [(name: String, help: String, type: [(String, JSON)])] = [
      ("cores", "Cores of a step.", [("type", .string("integer")), ("minimum", .int(1))]),
      ("memory", "Memory of a step, as 8GB or 500MiB.", quantity(.bytes)),
      ("time", "The longest time that a step runs, as 2h or 1d12h; it goes on in another job.", quantity(.seconds)),
      ("partition", "The partition of the cluster.", string),
      ("account", "The account of the cluster that pays.", string),
      (
        "extra", "Further arguments for sbatch, as --constraint=avx512.",
        [("type", .string("array")), ("items", .object(option))]
      ),
    ]
    let properties = types.map { name, help, type in
      (name, described(help, [("anyOf", .array([.object(type), ref("reference")]))]))
    }
    return described(
      "Resources that a step may use; they change no result.",
      orNothing([("additionalProperties", .bool(false)), ("properties", .object(properties))]))
  }

  private static func quantity(_ quantity: Quantity) -> [(String, JSON)] {
    [("type", .string("string")), ("pattern", .string(quantity.pattern))]
  }

  private static func constant(_ stage: StageDeclaration) -> JSON {
    .object([("const", .string(stage.name)), ("description", .string(stage.summary))])
  }

  private static func rule(_ stage: StageDeclaration) -> JSON {
    let parameters = stage.parameters.sorted { $0.name.precedesInBytes($1.name) }.map {
      ($0.name, schema($0, stage.form(of: $0.name)))
    }
    let names = JSON.strings(stage.presets.map(\.name))
    let preset =
      stage.presets.isEmpty
      ? []
      : [
        (
          Preset.key,
          described(
            "A set of values, unless they are stated.",
            [("anyOf", .array([.object([("enum", names)]), ref("reference")]))])
        )
      ]
    let ports = stage.inputs.sorted { $0.name.precedesInBytes($1.name) }.map {
      ($0.name, schema($0, stage.form(of: $0.name)))
    }
    let set = stage.parameters.filter { $0.defaultValue == nil }.map(\.name).sorted { $0.precedesInBytes($1) }
    let bound = stage.inputs.filter(\.required).map(\.name).sorted { $0.precedesInBytes($1) }
    let required = ["stage"] + (set.isEmpty ? [] : ["with"]) + (bound.isEmpty ? [] : ["in"])
    let condition = JSON.object([
      ("properties", .object([("stage", .object([("const", .string(stage.name))]))])),
      ("required", .strings(["stage"])),
    ])
    return .object([
      ("if", condition),
      (
        "then",
        .object([
          ("required", .strings(required)),
          ("properties", .object([("with", with(parameters + preset, set)), ("in", entries(ports, bound))])),
        ])
      ),
    ])
  }

  /// Parameters as a map, or from axes whose items are maps.
  private static func with(_ parameters: [(String, JSON)], _ set: [String]) -> JSON {
    let map = { (set: [String]) in
      let types = set.isEmpty ? ["object", "null"] : ["object"]
      return JSON.object([("allOf", .array([.object([("type", .strings(types))]), entries(parameters, set)]))])
    }
    let part = JSON.object([("anyOf", .array([ref("reference"), map([])]))])
    let parts = JSON.object([("type", .string("array")), ("minItems", .int(set.isEmpty ? 0 : 1)), ("items", part)])
    return .object([("anyOf", .array([map(set), ref("reference"), parts]))])
  }

  private static func entries(_ properties: [(String, JSON)], _ required: [String]) -> JSON {
    let members: [(String, JSON)] = [
      ("required", .strings(required)), ("additionalProperties", .bool(false)), ("properties", .object(properties)),
    ]
    return .object(required.isEmpty ? members : [("type", .string("object"))] + members)
  }

  private static func schema(_ parameter: Parameter, _ form: TextForm?) -> JSON {
    let unit = parameter.unit.isEmpty ? "" : " In \(parameter.unit)."
    let role = parameter.role == .resource ? " Changes no result." : ""
    let value = parameter.defaultValue.map { [("default", json($0))] } ?? []
    return described(
      parameter.help + unit + role, value + [("anyOf", .array([schema(parameter.type, form), ref("reference")]))])
  }

  private static func schema(_ type: ParameterType, _ form: TextForm?) -> JSON {
    switch type {
    case .bool: return .object([("type", .string("boolean"))])
    case .string: return text(form)
    case .choice(let names): return .object([("enum", .strings(names))])
    case .int(let range): return integer(range)
    case .float(let range):
      let low = range.isOpenBelow ? [] : [("minimum", JSON.double(range.lowerBound))]
      let high = range.isOpenAbove ? [] : [("maximum", JSON.double(range.upperBound))]
      return .object([("type", .string("number"))] + low + high)
    case .list(let element):
      let item = JSON.object([("anyOf", .array([schema(element, form), ref("reference")]))])
      return .object([("type", .string("array")), ("items", item)])
    }
  }

  static func integer(_ range: ClosedRange<Int>) -> JSON {
    let low = range.lowerBound == .min ? [] : [("minimum", JSON.int(range.lowerBound))]
    let high = range.upperBound == .max ? [] : [("maximum", JSON.int(range.upperBound))]
    return .object([("type", .string("integer"))] + low + high)
  }

  /// A text of a form, with all that its letters stand for.
  private static func text(_ form: TextForm?) -> JSON {
    guard let form else { return .object([("type", .string("string"))]) }
    let rows = form.rows.map { "\n" + $0.name + ": " + $0.help }.joined()
    return described(
      "\(form.help) For example \(form.example).\(rows)",
      [("type", .string("string")), ("pattern", .string(form.pattern))])
  }

  private static func several(_ item: JSON) -> JSON {
    .object([("type", .string("array")), ("minItems", .int(1)), ("items", item)])
  }

  private static func schema(_ port: InputPort, _ form: TextForm?) -> JSON {
    let kinds = " Reads \(port.kinds.map(\.name).joined(separator: " or "))."
    guard port.roles.isEmpty else {
      let axis = JSON.object([("type", .string("string")), ("minLength", .int(1))])
      let constant = JSON.object([
        ("type", .string("object")),
        ("additionalProperties", .object([("type", .strings(["string", "integer"]))])),
      ])
      let id = JSON.object([("anyOf", .array([axis, constant]))])
      let list = JSON.object([("type", .string("array")), ("items", id)])
      let axes = JSON.object([("anyOf", .array([axis, constant, list]))])
      let over = JSON.object([
        ("type", .strings(["object", "null"])), ("additionalProperties", .bool(false)),
        ("properties", .object(port.roles.map { ($0, axes) })),
      ])
      let gather = JSON.object([
        ("type", .string("object")), ("required", .strings(["from", "over"])), ("additionalProperties", .bool(false)),
        (
          "properties",
          .object([
            ("from", .object([("anyOf", .array([ref("reference"), several(ref("reference"))]))])), ("over", over),
          ])
        ),
      ])
      // One artifact needs no axis.
      let one = JSON.object([("anyOf", .array([gather, ref("reference")]))])
      return described(port.help + kinds, [("anyOf", .array([gather, ref("reference"), several(one)]))])
    }
    // One item of an array, which a choice names.
    let chosen = JSON.object([
      ("type", .string("object")), ("required", .strings(["from", "of"])), ("additionalProperties", .bool(false)),
      ("properties", .object([("from", ref("reference")), ("of", ref("reference"))])),
    ])
    var choices = [ref("reference"), chosen]
    if port.acceptsText { choices.append(text(form)) }
    if port.acceptsSeveral {
      choices.append(several(.object([("anyOf", .array([ref("reference"), chosen]))])))
    }
    return described(port.help + kinds, [("anyOf", .array(choices))])
  }

  private static func json(_ value: Value) -> JSON {
    switch value {
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .float(let value): .double(value)
    case .string(let value): .string(value)
    case .list(let values): .array(values.map(json))
    }
  }
}
