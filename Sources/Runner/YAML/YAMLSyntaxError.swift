/// The fault that libyaml finds in a text that is no YAML.
struct YAMLSyntaxError: Error {
  let problem: String
  let offset: Int
  /// The construct that was being read, as "while parsing a flow mapping", and the offset of its beginning.
  let context: (text: String, offset: Int)?
}
