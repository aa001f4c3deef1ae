import Artifacts

/// `$name`, `$stage.port` or `$params.name`.
package struct Reference: Hashable {
  package let name: String
  package let part: String?

  package init(name: String, part: String?) {
    self.name = name
    self.part = part
  }
  /// The reference as the file writes it.
  package var text: String { "$" + name + (part.map { "." + $0 } ?? "") }
}
