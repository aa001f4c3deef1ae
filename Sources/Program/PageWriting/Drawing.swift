package import Figures
import JSON
package import Tables

/// A picture on a page, with its numbers as a table.
package struct Drawing: Sendable {
  package let title: String
  /// One sentence that says what the picture shows, for those who do not see it.
  package let words: String
  package let picture: any Picture
  /// nil where a table beside the picture has its numbers.
  package let numbers: Table?

  package init(_ title: String, _ words: String, _ picture: any Picture, numbers: Table? = nil) {
    (self.title, self.words, self.picture, self.numbers) = (title, words, picture, numbers)
  }

  var json: JSON {
    .object([
      ("figure", .string(picture.name)), ("title", .string(title)), ("words", .string(words)),
      ("svg", .string(picture.svg())), ("numbers", numbers.map(Block.json) ?? .null),
    ])
  }
}
