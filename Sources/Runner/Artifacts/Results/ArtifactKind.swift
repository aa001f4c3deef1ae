/// The content of an artifact. A port states the kinds that it reads or writes, and by that a kind is there: each is
/// named beside what declares it.
package struct ArtifactKind: Hashable, Sendable, CustomStringConvertible {
  package let name: String
  package init(_ name: String) { self.name = name }
  package var description: String { name }

  /// Numbers of the things that a stage used and left out. The name of a stage alone never stands for them,
  /// unless it writes nothing else.
  package static let counts = ArtifactKind("counts")
}
