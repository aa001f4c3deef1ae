package import JSON

/// JSON Schema (draft 2020-12) of the file of remotes, for editors.
package enum RemotesSchema {
  /// The schema, whose text is always the same.
  package static var json: JSON {
    .object([
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
      ("title", .string("The remotes of a lab, and whom it believes")), ("type", .strings(["object", "null"])),
      ("additionalProperties", .bool(false)),
      (
        "properties",
        .object([
          ("lab", text("The name of your lab, under which it pushes and bundles.", lab)),
          ("remotes", map("Places where labs keep results for each other, by name.", remote)),
          ("trust", map("Bounds within which labs are believed, and groups of labs that must agree.", trust)),
        ])
      ),
    ])
  }

  private static let lab = "^[a-z0-9][a-z0-9._-]{0,59}$"

  private static func text(_ help: String, _ pattern: String? = nil) -> JSON {
    PipelineSchema.described(
      help, [("type", .string("string"))] + (pattern.map { [("pattern", .string($0))] } ?? [("minLength", .int(1))]))
  }

  private static func map(_ help: String, _ value: JSON) -> JSON {
    PipelineSchema.described(help, PipelineSchema.orNothing([("additionalProperties", value)]))
  }

  private static func list(_ help: String, _ item: [(String, JSON)]) -> JSON {
    PipelineSchema.described(
      help, [("type", .string("array")), ("items", .object([("type", .string("string"))] + item))])
  }

  private static func object(_ required: [String], _ properties: [(String, JSON)]) -> JSON {
    .object([
      ("type", .string("object")), ("required", .strings(required)), ("additionalProperties", .bool(false)),
      ("properties", .object(properties)),
    ])
  }

  private static var remote: JSON {
    let address = text("The address: file:, s3://, oci:// or https://, or a path from this folder. No secrets.")
    let whole = object(
      ["url"],
      [
        ("url", address),
        (
          "read-only",
          PipelineSchema.described("Whether nothing is ever written to it.", [("type", .string("boolean"))])
        ),
      ])
    return .object([("anyOf", .array([address, whole]))])
  }

  private static var trust: JSON {
    let bounds = object(
      [],
      [
        ("stages", list("The stages whose results are believed. Default: all.", [])),
        (
          "until",
          text("The day from which on what it issues is not believed, as 2027-01-01.", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
        ),
      ])
    let group = object(
      ["labs", "need"],
      [
        ("labs", list("The labs of the group.", [("pattern", .string(lab))])),
        (
          "need",
          PipelineSchema.described(
            "How many of them must claim the same result before it counts.",
            [("type", .string("integer")), ("minimum", .int(2))])
        ),
      ])
    return .object([("anyOf", .array([bounds, group]))])
  }
}
