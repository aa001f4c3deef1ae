/// A port that a stage reads.
package struct InputPort: Sendable {
  package let name: String
  /// Any one of these.
  package let kinds: [ArtifactKind]
  package let required: Bool
  /// An optional port of the same stage: one of the two must be bound, and not both.
  package let alternative: String?
  /// For a gathering port: the roles that `over` maps to axes. Empty: the port reads one artifact.
  package let roles: [String]
  /// Whether a failed item may be gathered as a failure.
  package let acceptsFailures: Bool
  /// Whether the port may be bound to a string, which stands for a file of that one line.
  package let acceptsText: Bool
  /// Whether the port may be bound to a list, and then reads one artifact after the other.
  package let acceptsSeveral: Bool
  /// The form in which an own stage is given what it reads; nil: as it is.
  package let form: InputForm?
  package let help: String

  package init(
    _ name: String, _ kinds: [ArtifactKind], required: Bool = true, alternative: String? = nil,
    roles: [String] = [], acceptsFailures: Bool = false, acceptsText: Bool = false, acceptsSeveral: Bool = false,
    form: InputForm? = nil, help: String
  ) {
    self.name = name
    self.kinds = kinds
    self.required = required
    self.alternative = alternative
    self.roles = roles
    self.acceptsFailures = acceptsFailures
    self.acceptsText = acceptsText
    self.acceptsSeveral = acceptsSeveral
    self.form = form
    self.help = help
  }

  /// The kinds that the port reads, in words.
  package var kindWords: String { kinds.map(\.name).joined(separator: " or ") }
}
