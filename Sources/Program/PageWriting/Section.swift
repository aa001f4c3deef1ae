import JSON

/// A part of a page, with a title.
package struct Section: Sendable {
  /// Its name in links.
  package let id: String
  package let title: String
  package let blocks: [Block]
  /// The stage or step that would fill the section, where the run has nothing for it.
  package let lack: String?

  package init(_ id: String, _ title: String, _ blocks: [Block]) {
    (self.id, self.title, self.blocks, lack) = (id, title, blocks, nil)
  }

  private init(_ title: String, lack: String) { (id, self.title, blocks, self.lack) = ("", title, [], lack) }

  /// A section that the run has nothing for: one line says what would fill it.
  package static func absent(_ title: String, _ line: String) -> Section { Section(title, lack: line) }

  var json: JSON {
    .object([("id", .string(id)), ("title", .string(title)), ("blocks", .array(blocks.map(\.json)))])
  }
}
