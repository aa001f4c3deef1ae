import Artifacts
import JSON
import Wording

extension PipelineSchema {
  /// An input: a path, a file of the web or a result. The members of `options` depend on `kind` and `format`.
  static func file(_ formats: [InputFormat], _ stages: [StageDeclaration]) -> JSON {
    let formats = formats.sorted { ($0.kind.name, $0.name) < ($1.kind.name, $1.name) }
    let kinds = Set(formats.map(\.kind.name)).sorted { $0.precedesInBytes($1) }
    let written = Set(stages.flatMap { $0.outputs.map(\.kind.name) })
    let all = written.union(kinds).sorted { $0.precedesInBytes($1) }
    let perKind = kinds.map { kind in
      let names = formats.filter { $0.kind.name == kind }.map(\.name)
      return JSON.object([
        ("if", constants([("kind", kind)])),
        ("then", .object([("properties", .object([("format", anyOf(.strings(names)))]))])),
      ])
    }
    let string: [(String, JSON)] = [("type", .string("string")), ("minLength", .int(1))]
    let hex: [(String, JSON)] = [
      ("anyOf", .array([.object(string + [("pattern", .string("^[0-9a-f]{64}$"))]), ref("reference")]))
    ]
    let sources = [["path", "format"], ["url", "format"], ["result"]].map { keys in
      JSON.object([("required", .strings(keys))])
    }
    return described(
      "One input: a file or folder, a file of the web, or a result of another pipeline.",
      [
        ("type", .string("object")), ("required", .strings(["kind"])), ("oneOf", .array(sources)),
        ("additionalProperties", .bool(false)),
        (
          "properties",
          .object([
            (
              "root",
              described("The folder that 'path' starts from; else that of this file.", string)
            ),
            ("path", .object(string)),
            ("url", described("The https address of a file, which is fetched once.", string)),
            ("sha256", described("The SHA-256 of that file as it is sent; 'bioarc check' tells it.", hex)),
            ("result", described("The key of a result of another pipeline; 'bioarc who --json' tells it.", hex)),
            ("output", described("The output of that result, where it has several.", string)),
            ("kind", anyOf(.strings(all))), ("format", .object(string)),
            ("options", described("Options of the format.", orNothing([]))),
            ("for", ref("axes")),
          ])
        ),
        ("allOf", .array(perKind + formats.map(options))),
      ])
  }

  /// The condition that keys have these values.
  private static func constants(_ values: [(key: String, value: String)]) -> JSON {
    .object([
      ("properties", .object(values.map { ($0.key, .object([("const", .string($0.value))])) })),
      ("required", .strings(values.map(\.key))),
    ])
  }

  /// The options that an input of that format may have.
  private static func options(_ format: InputFormat) -> JSON {
    let options = format.options.map { option in
      let value = option.defaultValue.map { [("default", JSON.string($0))] } ?? []
      return (option.name, described(option.help, value + schema(option.kind)))
    }
    let map = orNothing([("additionalProperties", .bool(false)), ("properties", .object(options))])
    return .object([
      ("if", constants([("kind", format.kind.name), ("format", format.name)])),
      ("then", .object([("properties", .object([("options", described(format.help, map))]))])),
    ])
  }

  private static let digits = JSON.object([("type", .string("string")), ("pattern", .string("^-?[0-9]+$"))])

  private static func schema(_ kind: InputOption.Kind) -> [(String, JSON)] {
    let type =
      switch kind {
      case .text: scalar
      case .integer(let range):
        // A number in quotes is a text that an option takes as well.
        JSON.object([("anyOf", .array([integer(range), digits]))])
      case .choice(let names): JSON.object([("enum", .strings(names))])
      case .bool: JSON.object([("enum", .array([.bool(true), .bool(false), .string("true"), .string("false")]))])
      case .list, .files:
        JSON.object([("anyOf", .array([scalar, .object([("type", .string("array")), ("items", scalar)])]))])
      case .map:
        JSON.object([
          ("anyOf", .array([scalar, .object([("type", .string("object")), ("additionalProperties", scalar)])]))
        ])
      }
    return [("anyOf", .array([type, ref("reference")]))]
  }

  /// One of `names`, or a reference.
  private static func anyOf(_ names: JSON) -> JSON {
    .object([("anyOf", .array([.object([("enum", names)]), ref("reference")]))])
  }
}
