/// A port that a stage writes.
package struct OutputPort: Sendable {
  package let name: String
  package let kind: ArtifactKind
  package let layout: Layout
  /// For a collection (a tree whose entries are members): the kind of one member, and with it an axis.
  package let member: ArtifactKind?
  /// Whether the bytes are stored only where something asks for them: a stage that binds the port, a pin, or a
  /// parameter `keep` that names it. Else they are digested and count as evicted.
  package let isOnDemand: Bool
  package let help: String

  package init(
    _ name: String, _ kind: ArtifactKind, _ layout: Layout, member: ArtifactKind? = nil, isOnDemand: Bool = false,
    help: String
  ) {
    self.name = name
    self.isOnDemand = isOnDemand
    self.kind = kind
    self.layout = layout
    self.member = member
    self.help = help
  }
}
