import Artifacts
package import YAML

/// One field of a step's identity that differs from an earlier step's. A field is named as the key names it.
package enum Change: Hashable, Sendable {
  /// The step runs another stage.
  case stage(old: String, new: String)
  /// The stage has another behaviour version. `file` declares the stage, when it is a lab's own.
  case version(old: Int, new: Int, file: String?)
  /// Values as a person writes them; a value left out of the key is shown as the value that it stands for.
  /// `position` is where the new value is written, nil for a default; `axis` names the axis that it comes from.
  case parameter(name: String, old: String, new: String, position: Position?, axis: String?)
  /// The artifact at a port has another content, kind or format. `from` names the source of the port.
  case port(name: String, old: String, new: String, from: String?, position: Position?)

  /// The name of the field.
  package var field: String {
    switch self {
    case .stage: "stage"
    case .version: "behaviour version"
    case .parameter(let name, _, _, _, _), .port(let name, _, _, _, _): name
    }
  }

  /// Whether it is an edit of the step itself, not of an artifact that it reads.
  var isOwn: Bool {
    if case .port = self { return false }
    return true
  }
}
