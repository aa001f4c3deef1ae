/// A port that a stage writes.
package struct OutputPort: Sendable {
  package let name: String
  package let kind: ArtifactKind
  package let layout: Layout
  /// For a collection (a tree whose entries are members): the kind of one member, and with it an axis.
  package let member: ArtifactKind?
  package let help: String

  package init(_ name: String, _ kind: ArtifactKind, _ layout: Layout, member: ArtifactKind? = nil, help: String) {
    self.name = name
    self.kind = kind
    self.layout = layout
    self.member = member
    self.help = help
  }
}
