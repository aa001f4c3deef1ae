/// The tree that a step of a lab's own stage binds beside its ports: the file `stage`, a `StageCommand`, and the code
/// files, whose names are flat (`FlatName`).
package enum CommandTree {
  /// The port's name, which no declared port can have.
  package static let port = "$command"
  /// The kind of the tree.
  package static let kind = ArtifactKind("command")
  /// The name of the file that holds the `StageCommand`.
  package static let stage = "stage"
  private static let prefix = "code%2F"

  /// The name in the tree of the code file at `path`, relative to the stage's YAML file.
  package static func name(ofCode path: String) -> String { prefix + FlatName.name(of: path) }

  /// The path of the code file that has this name in the tree; nil for a name of no code file, or one that leads out
  /// of its folder.
  package static func path(ofName name: String) -> String? {
    name.hasPrefix(prefix) ? FlatName.path(of: String(name.dropFirst(prefix.count))) : nil
  }
}
