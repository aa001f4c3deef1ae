import JSON
import Texts

/// A word that can stand at the cursor.
struct Candidate {
  /// Kinds of words as the protocol numbers them.
  enum Kind: Int {
    case function = 3, variable = 6, property = 10, value = 12, reference = 18, constant = 21
  }

  let text: String
  let kind: Kind
  /// A few words beside it.
  let detail: String
  /// Sentences about it.
  let help: String

  init(_ text: String, _ kind: Kind, _ detail: String = "", help: String = "") {
    (self.text, self.kind, self.detail, self.help) = (text, kind, detail, help)
  }

  /// The item of a list in which it has a number; `suffix` is written behind it.
  func json(_ number: Int, _ range: JSON, suffix: String) -> JSON {
    [
      "label": .string(text), "kind": .int(kind.rawValue), "detail": .string(detail), "filterText": .string(text),
      "sortText": .string(String(100_000 + number)), "textEdit": ["range": range, "newText": .string(text + suffix)],
      "data": .int(number),
    ]
  }
}
