/// A set of values under one name, which `with: { preset: NAME }` states: each is then the parameter's value as if it
/// were written there, unless the file states another. Keys hold the values and know no preset.
package struct Preset: Sendable {
  package let name: String
  package let help: String
  /// The values beside those that the file states; nil among these is one of an axis.
  package let values: @Sendable (_ stated: [String: Value?]) -> [String: Value]

  package init(
    _ name: String, help: String, values: @escaping @Sendable (_ stated: [String: Value?]) -> [String: Value]
  ) {
    (self.name, self.values, self.help) = (name, values, help)
  }

  /// The key of `with` that states one.
  package static let key = "preset"
}
