package import JSON

/// A page about one run: sections, one below the other. HTML, the text of a terminal and JSON are written of it.
package struct Page: Sendable {
  package let title: String
  /// How the run stands, in a word: `done`, `failed`, `interrupted`, `refused`, `running`, `lost`.
  package let state: String
  package let sections: [Section]

  package init(title: String, state: String, sections: [Section]) {
    (self.title, self.state, self.sections) = (title, state, sections)
  }

  /// The page as a document: each number that HTML shows is in it.
  package var json: JSON {
    .object([
      ("title", .string(title)), ("state", .string(state)), ("sections", .array(sections.map(\.json))),
    ])
  }
}
