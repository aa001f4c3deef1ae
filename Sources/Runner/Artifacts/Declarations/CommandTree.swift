/// The tree that a step of a lab's own stage binds beside its ports: the file `stage`, a `StageCommand`, and the code
/// files, whose names have `%2F` for a slash, since trees are flat.
package enum CommandTree {
  /// The port's name, which no declared port can have.
  package static let port = "$command"
  /// The kind of the tree.
  package static let kind = ArtifactKind("command")
  /// The name of the file that holds the `StageCommand`.
  package static let stage = "stage"
  private static let prefix = "code%2F"

  /// The name in the tree of the code file at `path`, relative to the stage's YAML file.
  package static func name(ofCode path: String) -> String {
    var name = prefix
    for character in path.unicodeScalars {
      switch character {
      case "%": name += "%25"
      case "/": name += "%2F"
      default: name.unicodeScalars.append(character)
      }
    }
    return name
  }

  /// The path of the code file that has this name in the tree; nil for a name of no code file, or one that leads out
  /// of its folder.
  package static func path(ofName name: String) -> String? {
    guard name.hasPrefix(prefix) else { return nil }
    var path = ""
    var rest = name.dropFirst(prefix.count)
    while let character = rest.first {
      guard character == "%" else {
        path.append(character)
        rest.removeFirst()
        continue
      }
      switch rest.prefix(3) {
      case "%25": path.append("%")
      case "%2F": path.append("/")
      default: return nil
      }
      rest.removeFirst(3)
    }
    return NameRules.isPath(path) ? path : nil
  }
}
