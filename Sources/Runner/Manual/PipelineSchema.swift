package import Artifacts
import JSON
import Wording

/// JSON Schema (draft 2020-12) of the pipeline file, for editors.
///
/// It describes shape, names, types and ranges. Faults that need the whole file (references, axes, kinds)
/// are for the planner.
package enum PipelineSchema {
  /// The schema's text; the same declarations give the same bytes.
  package static func json(declarations: [StageDeclaration], formats: [InputFormat]) -> String {
    let stages = declarations.sorted { $0.name.precedesInBytes($1.name) }
    let schema = JSON.object([
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
      ("title", .string("A bioarc pipeline")),
      ("type", .string("object")),
      ("required", .strings(["bioarc", "name", "stages"])),
      ("additionalProperties", .bool(false)),
      (
        "properties",
        .object([
          ("bioarc", .object([("description", .string("Version of the file's format.")), ("const", .int(1))])),
          ("name", described("The pipeline's name.", [("type", .string("string")), ("minLength", .int(1))])),
          (
            "params",
            described("Values to refer to as $params.name; --set name=value replaces them.", orNothing(named(param)))
          ),
          ("inputs", described("Files and folders to refer to as $name.", orNothing(named(ref("input"))))),
          ("stages", described("The stages to run: each entry is a step, or an array of steps over axes.", stageMap)),
        ])
      ),
      ("$defs", .object(definitions(stages, formats))),
    ])
    return schema.text() + "\n"
  }

  private static let namePattern = "^(?!params$)[A-Za-z][A-Za-z0-9_-]*$"
  private static let idPattern = "^[A-Za-z0-9._+~-]+$"
  static let scalar = JSON.object([("type", .strings(["boolean", "number", "string"]))])
  private static let param = JSON.object([("type", .strings(["boolean", "number", "string", "array"]))])

  static func ref(_ name: String) -> JSON { .object([("$ref", .string("#/$defs/\(name)"))]) }

  static func described(_ text: String, _ members: [(String, JSON)]) -> JSON {
    .object([("description", .string(text))] + members)
  }

  /// A map with what `members` say of it, or no value, which is an empty map.
  static func orNothing(_ members: [(String, JSON)]) -> [(String, JSON)] {
    [("type", .strings(["object", "null"]))] + members
  }

  /// A map from names to `value`.
  private static func named(_ value: JSON) -> [(String, JSON)] {
    [("propertyNames", .object([("pattern", .string(namePattern))])), ("additionalProperties", value)]
  }

  private static var stageMap: [(String, JSON)] {
    [("type", .string("object"))] + named(ref("stage")) + [("minProperties", .int(1))]
  }

  private static func definitions(
    _ stages: [StageDeclaration], _ formats: [InputFormat]
  ) -> [(String, JSON)] {
    [
      (
        "reference",
        described(
          "A reference: $name, $stage.port or $params.name.",
          [
            ("type", .string("string")),
            ("pattern", .string(#"^\$[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)?$"#)),
          ])
      ),
      ("input", .object([("anyOf", .array([ref("file"), ref("collection")]))])),
      ("file", file(formats, stages)),
      ("collection", collection),
      ("axes", described("Axes that the stage adds: a list, a map from id to value, or a collection.", axes)),
      ("resources", resources),
      ("stage", stage(stages)),
    ]
  }

  private static var collection: JSON {
    described(
      "Inputs by id: they make an axis.",
      [
        ("type", .string("object")), ("required", .strings(["axis", "items"])), ("additionalProperties", .bool(false)),
        (
          "properties",
          .object([
            ("axis", .object([("type", .string("string")), ("pattern", .string(namePattern))])),
            (
              "items",
              .object([
                ("type", .string("object")), ("propertyNames", .object([("pattern", .string(idPattern))])),
                ("additionalProperties", ref("file")), ("minProperties", .int(1)),
              ])
            ),
          ])
        ),
      ])
  }

  private static var axes: [(String, JSON)] {
    let list = JSON.object([("type", .string("array")), ("items", scalar), ("minItems", .int(1))])
    let map = JSON.object([
      ("type", .string("object")), ("propertyNames", .object([("pattern", .string(idPattern))])),
      ("additionalProperties", param), ("minProperties", .int(1)),
    ])
    // Items that are maps hold parameters by their names.
    let record = JSON.object([("type", .string("object")), ("additionalProperties", param)])
    let records = JSON.object([
      ("type", .string("object")), ("propertyNames", .object([("pattern", .string(idPattern))])),
      ("additionalProperties", record), ("minProperties", .int(1)),
    ])
    return orNothing(named(.object([("anyOf", .array([list, map, records, ref("reference")]))])))
  }
}

extension JSON {
  static func strings(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }
}
