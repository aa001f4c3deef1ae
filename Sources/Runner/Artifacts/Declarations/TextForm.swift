/// The form of texts that stand for artifacts, as `c64-t128` for an architecture: for help and schema.
package struct TextForm: Sendable {
  /// The parameters and ports that take it.
  package let places: [String]
  /// The text's noun, which follows "an".
  package let name: String
  package let example: String
  /// A sentence or two.
  package let help: String
  /// The parts of such a text, and what each means.
  package let rows: [(name: String, help: String)]
  /// A regular expression that every such text matches.
  package let pattern: String

  package init(
    places: [String], name: String, example: String, help: String, rows: [(name: String, help: String)],
    pattern: String
  ) {
    self.places = places
    self.name = name
    self.example = example
    self.help = help
    self.rows = rows
    self.pattern = pattern
  }
}
