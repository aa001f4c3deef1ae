package import Sequences
import Tokens

/// Tags: names of what sequences are of, as `coli` and `phage`. Each has a token, `<coli>`, that covers no letter. A
/// sequence of a corpus with tags begins with its tag, and so does each piece of it that a training reads; what is
/// drawn or scored may begin with one.
extension Tokenizer {
  /// The most tags.
  package static let mostTags = 1000

  /// A tokenizer of the same tokens, and these tags behind them. Throws a `SequenceError` for names that are no tags.
  package func tagged(_ names: [String], file: String = "tokenizer.json") throws(SequenceError) -> Tokenizer {
    var tagged = self
    guard names.count <= Self.mostTags else {
      throw SequenceError(.tokenizer, file: file, "there are \(names.count) tags, \(Self.mostTags) at most")
    }
    for (number, name) in names.enumerated() {
      guard !name.isEmpty, name.utf8.count <= 64, name.utf8.allSatisfy(Self.isOfName) else {
        throw SequenceError(
          .tokenizer, file: file, "`\(name)` is no tag: a tag has 1 to 64 letters, digits, dots, dashes, underscores")
      }
      guard !names[..<number].contains(name) else {
        throw SequenceError(.tokenizer, file: file, "the tag `\(name)` is stated twice")
      }
    }
    tagged.tags = names
    return tagged
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
    default: false
    }
  }

  /// The tokens of tags, as texts.
  var tagTexts: [String] { tags.map { "<\($0)>" } }

  /// Whether a token is a tag.
  package func isTag(_ id: Int32) -> Bool { id >= untaggedSize }

  /// The token of a tag; nil where there is no such tag.
  package func id(ofTag name: String) -> Int32? { tags.firstIndex(of: name).map { Int32(untaggedSize + $0) } }

  /// Tokens at the front of a sequence of a corpus that cover no letter of it: its tag, or none.
  package var tagsAhead: Int { tags.isEmpty ? 0 : 1 }
}
